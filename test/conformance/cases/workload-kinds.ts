import { describe, expect, it } from 'vitest';
import type { Body } from '../api.ts';
import type { Target } from '../target.ts';

const WAIT = { timeout: 45_000, interval: 100 };

export function runsEveryKindOfWorkload(target: () => Target): void {
  describe('running every kind of workload', () => {
    it('gives a ReplicaSet its Pods, and tells of them', async () => {
      const own = await target().namespace();
      await make(target(), own, 'apps', workload('ReplicaSet', 'web', { replicas: 2 }));
      await expect
        .poll(() => statusOf(target(), own, 'apps', 'replicasets', 'web'), WAIT)
        .toMatchObject({
          observedGeneration: 1,
          replicas: 2,
          fullyLabeledReplicas: 2,
          readyReplicas: 2,
          availableReplicas: 2,
        });
    });

    it('gives a StatefulSet its Pods by name, one after the other', async () => {
      const own = await target().namespace();
      await make(target(), own, 'apps', workload('StatefulSet', 'db', { serviceName: 'db', replicas: 2 }));
      await expect
        .poll(() => statusOf(target(), own, 'apps', 'statefulsets', 'db'), WAIT)
        .toMatchObject({
          observedGeneration: 1,
          replicas: 2,
          readyReplicas: 2,
          currentReplicas: 2,
          updatedReplicas: 2,
          availableReplicas: 2,
          collisionCount: 0,
        });
      const pods = await podsOf(target(), own);
      expect(pods.map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1']);
      expect(pods[1]?.metadata.labels).toMatchObject({
        app: 'db',
        'apps.kubernetes.io/pod-index': '1',
        'statefulset.kubernetes.io/pod-name': 'db-1',
      });
    });

    it('waits with the second Pod of a StatefulSet until the first is ready', async () => {
      const own = await target().namespace();
      const unscheduled = workload('StatefulSet', 'db', { serviceName: 'db', replicas: 2 }, NOBODY);
      await make(target(), own, 'apps', unscheduled);
      const status = (): Promise<unknown> => statusOf(target(), own, 'apps', 'statefulsets', 'db');
      await expect.poll(status, WAIT).toMatchObject({ observedGeneration: 1, replicas: 1 });
      expect((await podsOf(target(), own)).map(({ metadata }) => metadata.name)).toEqual(['db-0']);
      expect(await status()).not.toHaveProperty('readyReplicas');
    });

    it('changes the Pods of a StatefulSet, and calls their revision current when all have it', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = '/apis/apps/v1/namespaces/' + own + '/statefulsets/db';
      await make(target(), own, 'apps', workload('StatefulSet', 'db', { serviceName: 'db', replicas: 2 }));
      const status = (): Promise<unknown> => statusOf(target(), own, 'apps', 'statefulsets', 'db');
      await expect.poll(status, WAIT).toMatchObject({ readyReplicas: 2 });
      const before = (await status()) as { readonly currentRevision: string };
      const labels = { app: 'db', round: 'second' };
      await api.patch(path, 'merge', { spec: { template: { metadata: { labels } } } });
      await expect
        .poll(status, WAIT)
        .toMatchObject({ observedGeneration: 2, updatedReplicas: 2, readyReplicas: 2, currentReplicas: 2 });
      const after = (await status()) as { readonly currentRevision: string; readonly updateRevision: string };
      expect(after.currentRevision).toBe(after.updateRevision);
      expect(after.currentRevision).not.toBe(before.currentRevision);
      for (const pod of await podsOf(target(), own)) expect(pod.metadata.labels).toMatchObject(labels);
    });

    it('gives a DaemonSet a Pod on the one node', async () => {
      const own = await target().namespace();
      await make(target(), own, 'apps', workload('DaemonSet', 'log', {}));
      await expect
        .poll(() => statusOf(target(), own, 'apps', 'daemonsets', 'log'), WAIT)
        .toMatchObject({
          observedGeneration: 1,
          currentNumberScheduled: 1,
          desiredNumberScheduled: 1,
          updatedNumberScheduled: 1,
          numberReady: 1,
          numberAvailable: 1,
        });
    });

    it('refuses Pods that would end where they are to run for ever', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const ending = workload('DaemonSet', 'log', {}, { restartPolicy: 'Never' });
      expect(await api.send('POST', `/apis/apps/v1/namespaces/${own}/daemonsets`, ending)).toMatchObject({
        status: 422,
        body: {
          message:
            'DaemonSet.apps "log" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        },
      });
    });

    it('binds a claim to a volume that fits', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const wanted = { storageClassName: own, accessModes: ['ReadWriteOnce'] };
      const volume = { ...wanted, capacity: { storage: '1Gi' }, hostPath: { path: '/data' } };
      const volumes = '/api/v1/persistentvolumes';
      await api.send('POST', volumes, {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: own },
        spec: volume,
      });
      const claims = `/api/v1/namespaces/${own}/persistentvolumeclaims`;
      await api.send('POST', claims, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: { ...wanted, resources: { requests: { storage: '1Gi' } } },
      });
      await expect
        .poll(async () => (await api.get(`${claims}/data`)).body.status, WAIT)
        .toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } });
      expect((await api.get(`${claims}/data`)).body.spec).toHaveProperty('volumeName');
    });
  });
}

/** A scheduler that isn't there: Pods that ask for it stay as they are. */
export const NOBODY = { schedulerName: 'nobody' };

/** A workload of the group `apps` whose template's Pods are `podSpec` beyond a container. */
function workload(kind: string, name: string, spec: object, podSpec: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...spec,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example.test/main:1' }], ...podSpec },
      },
    },
  };
}

export async function make({ api }: Target, namespace: string, group: string, object: object): Promise<Body> {
  const { kind } = object as { readonly kind: string };
  const path = `/apis/${group}/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
  const { status, body } = await api.send('POST', path, object);
  if (status !== 201) throw new Error(`${kind}: ${status} ${body.message ?? ''}`);
  return body;
}

export async function statusOf(
  { api }: Target,
  namespace: string,
  group: string,
  plural: string,
  name: string,
): Promise<unknown> {
  return (await api.get(`/apis/${group}/v1/namespaces/${namespace}/${plural}/${name}`)).body.status;
}

export async function podsOf({ api }: Target, namespace: string): Promise<readonly Body[]> {
  return (await api.get(`/api/v1/namespaces/${namespace}/pods`)).body.items;
}

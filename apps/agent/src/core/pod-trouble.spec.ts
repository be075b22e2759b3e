import { KubeApiError, KubeNetworkError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { failureTail, podTrouble } from './pod-trouble.ts';
import type { Workload } from './pod-trouble.ts';

const { signal } = new AbortController();
const web: Workload = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const migrate: Workload = { group: 'batch', kind: 'Job', namespace: 'shop', name: 'migrate' };

function podOf(owner: { kind: string; name: string; uid: string }, name: string, state: object): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      labels: { app: 'web', 'pod-template-hash': '5d8f' },
      ownerReferences: [{ apiVersion: 'x', controller: true, ...owner }],
    },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', image: 'web:1', state }] },
  };
}

const replicaSet = { kind: 'ReplicaSet', name: 'web-5d8f', uid: 'rs' };
const job = { kind: 'Job', name: 'migrate', uid: 'u' };
const failed = { terminated: { exitCode: 2, reason: 'Error' } };
const noImage = { waiting: { reason: 'ErrImagePull', message: 'no such image' } };

/** A cluster of one workload, these Pods and one log. */
function clusterOf(pods: readonly KubeObject[], log: string | Error = ''): KubeClient & { asked: string[] } {
  const asked: string[] = [];
  const client: Partial<KubeClient> = {
    get: (resource, { name }) => {
      asked.push(`get ${resource.plural} ${name}`);
      if (resource.kind === 'Secret') return Promise.reject(new KubeApiError(404, 'NotFound', 'no'));
      const { kind } = resource;
      return Promise.resolve({
        apiVersion: 'v1',
        kind,
        metadata: { name, uid: 'u' },
        spec: { selector: { matchLabels: { app: 'web' } } },
      });
    },
    list: (resource, options) => {
      asked.push(`list ${resource.plural} ${options?.labelSelector ?? ''} ${options?.maxItems ?? ''}`);
      return Promise.resolve({ items: pods, resourceVersion: '1' });
    },
    logs: async function* (pod, options) {
      asked.push(`log ${pod.name} ${options.container ?? ''} ${options.previous ?? false}`);
      await Promise.resolve();
      if (typeof log !== 'string') throw log;
      yield Buffer.from(log);
    },
  };
  return { ...client, asked } as KubeClient & { asked: string[] };
}

describe('the trouble behind a workload', () => {
  it('is that of its own Pods alone, and costs a few bounded requests', async () => {
    const kube = clusterOf([
      podOf({ ...replicaSet, name: 'other-5d8f' }, 'other', noImage),
      podOf(replicaSet, 'web-5d8f-a', noImage),
    ]);
    expect(await podTrouble(kube, web, signal)).toBe(
      'Pod web-5d8f-a: container main cannot pull the image web:1: ErrImagePull: no such image',
    );
    expect(kube.asked).toEqual(['get deployments web', 'list pods app=web 100']);
  });

  it('names one Pod where many fail alike, the gravest trouble first', async () => {
    const kube = clusterOf([
      podOf(replicaSet, 'web-5d8f-c', failed),
      podOf(replicaSet, 'web-5d8f-b', noImage),
      podOf(replicaSet, 'web-5d8f-a', noImage),
    ]);
    expect(await podTrouble(kube, web, signal)).toMatch(
      /^2 of 3 Pods fail, such as web-5d8f-a: container main cannot pull/,
    );
  });

  it('has the end of the log of what crashed, without credentials', async () => {
    const kube = clusterOf(
      [podOf(replicaSet, 'web-5d8f-a', failed)],
      'starting\n\u001b[31mno database at postgres://shop:hunter2@db\u001b[0m\n\n',
    );
    expect(await podTrouble(kube, web, signal)).toBe(
      'Pod web-5d8f-a: container main failed with exit code 2; its log ends with "no database at postgres://***@db"',
    );
  });

  it('is told also where the log cannot be had', async () => {
    const kube = clusterOf(
      [podOf(replicaSet, 'web-5d8f-a', failed)],
      new KubeApiError(403, 'Forbidden', 'no'),
    );
    expect(await podTrouble(kube, web, signal)).toBe(
      'Pod web-5d8f-a: container main failed with exit code 2',
    );
  });

  it('is nothing where no Pod fails, and where there are no Pods of it', async () => {
    expect(await podTrouble(clusterOf([]), web, signal)).toBeUndefined();
    const starting = podOf(replicaSet, 'a', { waiting: { reason: 'ContainerCreating' } });
    expect(await podTrouble(clusterOf([starting]), web, signal)).toBeUndefined();
    expect(await podTrouble(clusterOf([]), { ...web, kind: 'ConfigMap' }, signal)).toBeUndefined();
  });
});

describe('the end of the log of a Job that failed', () => {
  it('is its last lines, on one', async () => {
    const kube = clusterOf([podOf(job, 'migrate-a', failed)], 'one\ntwo\nthree\nfour\n');
    expect(await failureTail(kube, migrate, signal)).toBe('two / three / four');
  });

  it('is nothing where there is none, whatever the reason', async () => {
    const pod = podOf(job, 'migrate-a', failed);
    expect(await failureTail(clusterOf([]), migrate, signal)).toBeUndefined();
    expect(await failureTail(clusterOf([pod], '\n'), migrate, signal)).toBeUndefined();
    const broken = new KubeNetworkError('reset', 'ECONNRESET');
    expect(await failureTail(clusterOf([pod], broken), migrate, signal)).toBeUndefined();
  });
});

import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { Kubectl, TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import type { FileAssignment, ToldStatus } from './agent-process.ts';
import { forgetAgent } from './agent-traces.ts';
import { claim, deployment, job, roleBinding, service, statefulSet } from './workload-objects.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']);

describe.skipIf(why !== undefined)('an apply', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubectl: Kubectl;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubectl = await kubectlOf(cluster);
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
    await kubectl(['create', 'namespace', 'shop']);
  });
  afterEach(async () => {
    await agent.stop();
    await forgetAgent(kube);
    await kubectl(['delete', 'namespace', 'shop', '--wait=true', '--now']);
  });

  const shop = (objects: readonly object[], more: Partial<FileAssignment> = {}) =>
    agent.say({ assignments: [{ bundle: 'shop', namespace: 'shop', objects, ...more }] });
  const live = async (kind: string, name = 'a'): Promise<KubeObject> =>
    JSON.parse(await kubectl(['get', kind, name, '-n', 'shop', '-o', 'json'])) as KubeObject;
  const versionOf = async (kind: string, name = 'a'): Promise<string> =>
    (await live(kind, name)).metadata.resourceVersion!;
  /** All that the agent keeps in its cluster. */
  const loseState = () => kubectl(['delete', 'secrets', '--all', '-n', 'muster-system']);
  const synced = (): Promise<ToldStatus> => agent.untilSynced('shop');
  const refused = (reason: string): Promise<ToldStatus> =>
    agent.until('shop', (status) => status.objects.some((object) => object.reason === reason));
  const messageOf = (status: ToldStatus, name = 'a'): string =>
    status.objects.find(({ object }) => object.name === name)?.message ?? '';

  describe('without force', () => {
    const fail = { policy: { conflicts: 'Fail' } } as const;
    const scaledBy = (manager: string, replicas: number) =>
      kubectl(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-'], {
        input: {
          ...deployment(),
          metadata: { name: 'a', namespace: 'shop' },
          spec: { ...deployment().spec, replicas },
        },
      });

    it('names the manager and the field in its way, writes nothing, and forces once its bundle says so', async () => {
      await scaledBy('team-a', 3);
      agent.start();
      await shop([deployment({ replicas: 1 }), configMap('b')], fail);
      const status = await refused('Conflict');
      expect(messageOf(status)).toContain('spec.replicas (team-a)');
      expect((await live('deployment')).metadata.labels).toBeUndefined();
      // Nobody else waits for it.
      expect((await live('configmap', 'b')).metadata.labels).toMatchObject({ 'muster.dev/bundle': 'shop' });
      await shop([deployment({ replicas: 1 }), configMap('b')]);
      await synced();
      expect((await live('deployment')).spec).toMatchObject({ replicas: 1 });
    });

    it('shares fields that others set to the same value', async () => {
      await scaledBy('team-a', 3);
      agent.start();
      await shop([deployment({ replicas: 3 })], fail);
      await synced();
    });

    it('does not correct what another manager took, but says so', async () => {
      agent.start();
      await shop([deployment({ replicas: 1 })], fail);
      await synced();
      await kubectl(['scale', 'deployment', 'a', '-n', 'shop', '--replicas=2']);
      const status = await refused('Conflict');
      expect(messageOf(status)).toContain('spec.replicas (kubectl)');
      expect((await live('deployment')).spec).toMatchObject({ replicas: 2 });
    });
  });

  describe('of an object that the API server cannot read', () => {
    const container = (more: object) => ({ name: 'c', image: 'example.com/c:1', ...more });
    const withContainer = (more: object) =>
      deployment({
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container(more)] } },
      });

    it.each([
      [
        'two entries of a list with one key',
        withContainer({
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        }),
        'spec.template.spec.containers[name="c"].env has more than one entry with the key name="A"',
      ],
      [
        'two ports of one number',
        withContainer({ ports: [{ containerPort: 80 }, { containerPort: 80, name: 'again' }] }),
        '.ports has more than one entry with the key containerPort=80,protocol="TCP"',
      ],
      [
        'a field that nobody knows',
        withContainer({ imagePolicy: 'Always' }),
        'the cluster does not know spec.template.spec.containers[name="c"].imagePolicy',
      ],
    ])('because of %s is refused by name, and nothing else waits for it', async (_, object, message) => {
      agent.start();
      await shop([object, configMap('b')]);
      const status = await refused('Refused');
      expect(messageOf(status)).toContain(message);
      await eventually(
        () => live('configmap', 'b').catch(() => undefined),
        (it) => it !== undefined,
      );
    });

    it('names the field of a Secret, and not its value', async () => {
      agent.start();
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, dta: { a: 'Z2VoZWlt' } };
      await shop([secret]);
      const status = await refused('Refused');
      expect(messageOf(status)).toContain('does not know dta');
      expect(JSON.stringify(status) + agent.log).not.toContain('Z2VoZWlt');
    });

    it('succeeds as soon as its CRD gains the field', async () => {
      const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } };
      const crd = (properties: object) => ({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'widgets.example.com' },
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names: { kind: 'Widget', plural: 'widgets' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: { spec: { type: 'object', properties } },
                },
              },
            },
          ],
        },
      });
      const string = { type: 'string' };
      agent.start();
      await shop([crd({ size: string }), { ...widget, spec: { size: 'l', color: 'red' } }]);
      const status = await refused('Refused');
      expect(messageOf(status)).toContain('does not know spec.color');
      await shop([crd({ size: string, color: string }), { ...widget, spec: { size: 'l', color: 'red' } }]);
      await synced();
      expect((await live('widget')).spec).toEqual({ size: 'l', color: 'red' });
      await agent.say({ assignments: [], deletionConsents: ['shop'] });
      await agent.until('shop', (it) => it.gone);
    });
  });

  describe('of what is as it should be', () => {
    const objects = [
      configMap('a'),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        stringData: { b: 'x' },
        data: { a: 'eA==' },
      },
      deployment({ replicas: 1 }),
      statefulSet('one'),
      service('10.0.0.79'),
      job('one'),
      claim('ReadWriteOnce'),
      roleBinding('one'),
    ];
    const kinds = objects.map((object) => (object as { kind: string }).kind);
    const versions = async (): Promise<readonly string[]> =>
      Promise.all(kinds.map(async (kind) => `${kind} ${await versionOf(kind)}`));
    /** The first apply of a claim after the one that made it is written, though nothing that one can see changes. */
    const butClaims = (them: readonly string[]) => them.filter((it) => !it.startsWith('Persistent'));

    /** One object more, so that it is seen when the agent has planned with what it found. */
    const allLookedAt = async (name: string): Promise<void> => {
      await shop([...objects, configMap(name)]);
      await eventually(
        () => live('configmap', name).catch(() => undefined),
        (it) => it !== undefined,
      );
      await synced();
    };

    it('writes nothing after a restart, nor when the objects are adopted anew', async () => {
      agent.start();
      await shop(objects);
      await synced();
      await settledVersions(versions);
      const before = await versions();
      await agent.kill();
      agent.start();
      await allLookedAt('restarted');
      expect(await versions()).toEqual(before);
      await agent.kill();
      await loseState();
      agent.start();
      await allLookedAt('adopted');
      expect(butClaims(await versions())).toEqual(butClaims(before));
    });
  });

  describe('of an object that is somebody else’s', () => {
    it('leaves it to the hub that has it, and says whose it is', async () => {
      const theirs = '0b0e3d3a-6a52-4f0b-8a43-5a4f0a8f6a11';
      agent.start();
      await agent.say({
        fleet: theirs,
        assignments: [{ bundle: 'theirs', namespace: 'shop', objects: [configMap('a', 'theirs')] }],
      });
      await agent.untilSynced('theirs');
      await agent.kill();
      await loseState();
      const before = await versionOf('configmap');
      agent.start();
      await shop([configMap('a', 'ours'), configMap('b')]);
      const status = await refused('OwnedByOther');
      expect(messageOf(status)).toContain(`fleet ${theirs} (bundle theirs)`);
      await live('configmap', 'b');
      expect(await versionOf('configmap')).toBe(before);
    });

    it('leaves it to the bundle that has it, and tells both', async () => {
      agent.start();
      const bundle = (name: string, value: string) => ({
        bundle: name,
        namespace: 'shop',
        objects: [configMap('a', value)],
      });
      await agent.say({ assignments: [bundle('second', '2')] });
      await agent.untilSynced('second');
      await agent.say({ assignments: [bundle('first', '1'), bundle('second', '2')] });
      const status = await agent.until('first', (it) => it.reason === 'ClaimedByTwo');
      expect(status.message).toContain('bundle second has it');
      expect((await live('configmap')).data).toEqual({ value: '2' });
      const told = await agent.until('second', (it) => it.warnings.length > 0);
      expect(told.warnings.join()).toContain('bundle first has it as well');
    });

    it('adopts one that was made by hand, says so, and leaves it when it leaves', async () => {
      await kubectl(['create', 'configmap', 'a', '-n', 'shop', '--from-literal=value=by-hand']);
      agent.start();
      await shop([configMap('a'), configMap('b')]);
      const status = await synced();
      expect(status.warnings.join()).toContain('ConfigMap shop/a was there before');
      expect(status.warnings.join()).not.toContain('shop/b');
      await agent.say({ assignments: [], deletionConsents: ['shop'] });
      await agent.until('shop', (it) => it.gone);
      expect((await live('configmap')).metadata.deletionTimestamp).toBeUndefined();
      expect(await live('configmap', 'b').catch(() => undefined)).toBeUndefined();
    });
  });
});

/** Controllers are at rest when two looks find the same. */
async function settledVersions(versions: () => Promise<readonly string[]>): Promise<void> {
  let last = '';
  await eventually(
    async () => {
      const now = JSON.stringify(await versions());
      const isSame = now === last;
      last = now;
      return isSame;
    },
    (isSame) => isSame,
  );
}

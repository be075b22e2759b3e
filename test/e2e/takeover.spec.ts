import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { Kubectl, TestCluster } from '../src/index.ts';
import { AgentProcess, eventually } from './agent-process.ts';
import { forgetAgent } from './agent-traces.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']);

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}
interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** What the former tool's manifest says: all that is `old` is missing in ours. */
function former(env: readonly string[], more: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { app: 'web', old: 'x' },
      annotations: {
        old: 'x',
        'meta.helm.sh/release-name': 'web',
        'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web',
      },
    },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'example.com/web:1',
              env: [{ name: 'KEPT', value: '1' }, ...env.map((name) => ({ name, value: 'x' }))],
            },
            { name: 'old', image: 'example.com/old:1' },
          ],
        },
      },
      ...more,
    },
  };
}

const ours = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'example.com/web:2', env: [{ name: 'KEPT', value: '2' }] }],
      },
    },
  },
};

const create = (manager: string) => ['create', '-f', '-', `--field-manager=${manager}`];
const apply = ['apply', '-f', '-'];
const applyAs = (manager: string) => [...apply, `--field-manager=${manager}`];
const serverSide = (manager: string) => [
  ...apply,
  '--server-side',
  '--force-conflicts',
  `--field-manager=${manager}`,
];

/** What people run, by what it does to a cluster. */
const tools: readonly (readonly [string, (kubectl: Kubectl) => Promise<unknown>])[] = [
  ['kubectl apply', (kubectl) => kubectl(apply, { input: former(['OLD']) })],
  [
    'kubectl apply, again and again',
    async (kubectl) => {
      await kubectl(apply, { input: former(['OLDER']) });
      await kubectl(apply, { input: former(['OLD']) });
    },
  ],
  ['kubectl apply --server-side', (kubectl) => kubectl(serverSide('kubectl'), { input: former(['OLD']) })],
  [
    'kubectl apply that went server-side later',
    async (kubectl) => {
      await kubectl(apply, { input: former(['OLDER']) });
      await kubectl(serverSide('kubectl'), { input: former(['OLD']) });
    },
  ],
  ['kubectl create', (kubectl) => kubectl(['create', '-f', '-'], { input: former(['OLD']) })],
  [
    'kubectl create and edit',
    async (kubectl) => {
      await kubectl(['create', '-f', '-'], { input: former(['OLDER']) });
      const env = { EDITOR: 'sed -i s/OLDER/OLD/' };
      await kubectl(['edit', 'deployment', 'web', '-n', 'shop'], { env });
    },
  ],
  [
    'kubectl create and replace',
    async (kubectl) => {
      await kubectl(['create', '-f', '-'], { input: former(['OLDER']) });
      await kubectl(['replace', '-f', '-'], { input: former(['OLD']) });
    },
  ],
  ['Helm 3', (kubectl) => kubectl(create('helm'), { input: former(['OLD']) })],
  ['Helm 4', (kubectl) => kubectl(serverSide('helm'), { input: former(['OLD']) })],
  ['Argo CD', (kubectl) => kubectl(applyAs('argocd-controller'), { input: former(['OLD']) })],
  ['Argo CD, server-side', (kubectl) => kubectl(serverSide('argocd-controller'), { input: former(['OLD']) })],
  [
    'an old Argo CD',
    (kubectl) => kubectl(applyAs('argocd-application-controller'), { input: former(['OLD']) }),
  ],
  [
    'Flux with Kustomize',
    (kubectl) => kubectl(serverSide('kustomize-controller'), { input: former(['OLD']) }),
  ],
  ['Flux with Helm', (kubectl) => kubectl(create('helm-controller'), { input: former(['OLD']) })],
  ['Rancher Fleet', (kubectl) => kubectl(create('fleetagent'), { input: former(['OLD']) })],
  [
    'Helm, and then by hand',
    async (kubectl) => {
      await kubectl(create('helm'), { input: former(['OLDER']) });
      await kubectl(apply, { input: former(['OLD']) });
    },
  ],
];

describe.skipIf(why !== undefined)('an object that another tool managed', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubectl: Kubectl;
  let agent: AgentProcess;
  let deployments: Resource;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubectl = await kubectlOf(cluster);
    deployments = (await kube.resourceFor('apps', 'v1', 'Deployment'))!;
    await kubectl(['create', 'namespace', 'shop']);
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
  });
  afterEach(async () => {
    await agent.stop();
    await kubectl(['delete', 'all,hpa', '--all', '-n', 'shop', '--wait=true', '--now']);
    await forgetAgent(kube);
  });

  const key = { namespace: 'shop', name: 'web' };
  const live = async (): Promise<Deployment> => (await kube.get(deployments, key)) as Deployment;
  const adopt = (object: object = ours, policy: object = {}) =>
    agent.say({ assignments: [{ bundle: 'shop', namespace: 'shop', objects: [object], policy }] });
  const managers = ({ metadata }: KubeObject): string[] =>
    (metadata.managedFields ?? [])
      .filter((entry) => !entry.subresource)
      .map((entry) => `${entry.manager} ${entry.operation}`)
      .sort();
  /** Nothing of the former tool is left, and nothing of others is lost. */
  const expectTakenOver = (object: Deployment): void => {
    const containers = new Map(object.spec.template.spec.containers.map((it) => [it.name, it]));
    expect([...containers.keys()].sort()).toEqual(['injected', 'web']);
    const web = containers.get('web');
    expect(web).toMatchObject({ image: 'example.com/web:2', env: [{ name: 'KEPT', value: '2' }] });
    expect(web?.env).toHaveLength(1);
    expect(object.spec.replicas).toBe(4);
    expect(object.metadata.labels).toEqual({
      app: 'web',
      'muster.dev/bundle': 'shop',
      'muster.dev/fleet': expect.any(String) as string,
    });
    expect(Object.keys(object.metadata.annotations ?? {}).sort()).toEqual([
      'deployment.kubernetes.io/revision',
      'injected',
      'muster.dev/object',
    ]);
    expect(managers(object)).toEqual(['injector Update', 'muster Apply']);
  };
  /** Other managers come after the tool: a controller, an injector, and whoever scales. */
  const othersCome = async (): Promise<void> => {
    const revision = 'deployment.kubernetes.io/revision';
    await eventually(live, (it) => it.metadata.annotations?.[revision] !== undefined);
    const injected = {
      metadata: { annotations: { injected: 'yes' } },
      spec: { template: { spec: { containers: [{ name: 'injected', image: 'example.com/injected:1' }] } } },
    };
    const patch = ['patch', 'deployment', 'web', '-n', 'shop', '--field-manager=injector'];
    await kubectl([...patch, '-p', JSON.stringify(injected)]);
    await kubectl(['scale', 'deployment', 'web', '-n', 'shop', '--replicas=4']);
  };

  it.each(tools)(
    'by %s: what only its manifest had goes, and others keep what is theirs',
    async (_, make) => {
      await make(kubectl);
      await othersCome();
      agent.start();
      await adopt();
      await agent.until('shop', (status) => status.sync === 'Synced');
      expectTakenOver(await live());
    },
  );

  it.each(['before-apply:1', 'taken-over:1', 'after-apply:1', 'before-inventory:1'])(
    'is taken over all the same when the agent is killed at %s, and stays when it leaves its bundle',
    async (crashAt) => {
      await kubectl(apply, { input: former(['OLDER']) });
      await kubectl(create('helm').with(0, 'replace'), { input: former(['OLD']) });
      await othersCome();
      agent.start({ crashAt });
      await adopt();
      expect(await agent.ended()).toBe('SIGKILL');
      agent.start();
      await agent.untilSynced('shop');
      expectTakenOver(await live());
      await agent.say({ assignments: [], deletionConsents: ['shop'] });
      await agent.until('shop', (status) => status.gone);
      expect((await live()).metadata.deletionTimestamp).toBeUndefined();
    },
  );

  it('keeps the replicas that its autoscaler gave it', async () => {
    await kubectl(apply, { input: former(['OLD']) });
    await kubectl(['autoscale', 'deployment', 'web', '-n', 'shop', '--min=3', '--max=5', '--cpu-percent=80']);
    await eventually(live, (it) => it.spec.replicas === 3, 40_000);
    agent.start();
    await adopt();
    await agent.untilSynced('shop');
    expect((await live()).spec.replicas).toBe(3);
  });

  it('keeps a value of its former manifest that its bundle ignores', async () => {
    await kubectl(apply, { input: former(['OLD'], { replicas: 3, minReadySeconds: 7 }) });
    agent.start();
    await adopt(ours, { ignoreDifferences: [{ fields: ['/spec/replicas'] }] });
    await agent.until('shop', (status) => status.sync === 'Synced');
    const { spec } = await live();
    expect(spec.replicas).toBe(3);
    expect(spec).not.toHaveProperty('minReadySeconds');
    expect(spec.template.spec.containers).toHaveLength(1);
  });

  it('loses nothing where its bundle takes nothing by force', async () => {
    await kubectl(apply, { input: former(['OLD']) });
    const before = await live();
    agent.start();
    await adopt(ours, { conflicts: 'Fail' });
    const status = await agent.until('shop', (it) => it.reason === 'Conflict');
    expect(status.message).toContain(
      'spec.template.spec.containers[name="web"].image (kubectl-client-side-apply)',
    );
    expect((await live()).metadata.labels).toEqual(before.metadata.labels);
    await adopt();
    await agent.until('shop', (it) => it.sync === 'Synced');
    expect(managers(await live())).not.toContain('kubectl-client-side-apply Update');
  });

  it('is only taken over when it is adopted: what a person adds later stays', async () => {
    agent.start();
    await adopt();
    await agent.untilSynced('shop');
    await kubectl(['label', 'deployment', 'web', '-n', 'shop', 'added=by-hand']);
    await kubectl(['apply', '-f', '-'], {
      input: { ...ours, metadata: { ...ours.metadata, namespace: 'shop', annotations: { note: 'mine' } } },
    });
    await adopt({ ...ours, spec: { ...ours.spec, minReadySeconds: 1 } });
    await eventually(live, (it) => (it.spec as { minReadySeconds?: number }).minReadySeconds === 1);
    expect((await live()).metadata).toMatchObject({
      labels: { added: 'by-hand' },
      annotations: { note: 'mine' },
    });
  });
});

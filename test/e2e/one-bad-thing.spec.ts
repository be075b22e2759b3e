import {
  createKubeClient,
  KubeApiError,
  type KubeClient,
  type KubeObject,
  type Resource,
} from '@muster/kube';
import {
  type Kubectl,
  kubectlOf,
  startCluster,
  startWebhookServer,
  type TestCluster,
  type WebhookServer,
} from '@muster/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  AgentProcess,
  configMap,
  eventually,
  type FileAssignment,
  type ToldStatus,
} from './agent-process.ts';

const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const namespaces: Resource = { ...configMaps, kind: 'Namespace', plural: 'namespaces', namespaced: false };

function definition(plural: string, kind: string, more: object = {}): object {
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: 'example.com',
      names: { kind, plural },
      scope: 'Namespaced',
      versions: [
        { name: 'v1', served: true, storage: true, schema },
        { name: 'v2', served: true, storage: false, schema },
      ],
      ...more,
    },
  };
}

const custom = (kind: string, name: string, version = 'v1'): object => ({
  apiVersion: `example.com/${version}`,
  kind,
  metadata: { name },
  spec: { size: 1 },
});

/**
 * Invariant 12. Each test breaks one thing; the bundle `steady` is Synced all the time, what others delete of it comes
 * back at once, and each object that depends on the broken thing says so.
 */
describe('where one thing of a cluster is broken', () => {
  let cluster: TestCluster;
  let webhooks: WebhookServer;
  let kube: KubeClient;
  let kubectl: Kubectl;
  let agent: AgentProcess;
  /** Webhooks answer when this has resolved. */
  let gate: Promise<void> = Promise.resolve();
  let conversionIsBroken = false;
  const steady: FileAssignment = {
    bundle: 'steady',
    namespace: 'steady',
    objects: [configMap('s0'), configMap('s1')],
  };

  beforeAll(async () => {
    webhooks = await startWebhookServer({
      admission: {
        '/hang': async () => {
          await gate;
          return {};
        },
      },
      conversion: {
        '/convert': (objects, apiVersion) => {
          if (conversionIsBroken) throw new Error('the converter is out of order');
          return objects.map((object) => ({ ...object, apiVersion }));
        },
      },
    });
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubectl = await kubectlOf(cluster);
    agent = await AgentProcess.on(cluster.kubeconfig);
    await agent.say({ assignments: [steady] });
    agent.start();
    await agent.untilSynced('steady');
  });

  afterAll(async () => {
    await agent?.stop();
    await kube?.close();
    await cluster?.stop();
    await webhooks?.stop();
  });

  afterEach(async () => {
    expect((await told('steady'))?.sync).toBe('Synced');
  });

  it('a webhook that hangs holds up its own objects only, though they are many', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    await kubectl(['create', 'namespace', 'hung']);
    await make(hanging({ namespaceSelector: only('hung') }));
    // It takes a moment to be known to the API server.
    await eventually(
      () =>
        kubectl(['create', 'configmap', 'probe', '-n', 'hung', '--dry-run=server', patience]).catch(String),
      (said) => /timeout|timed out|deadline/i.test(said),
    );
    const many = (name: string): FileAssignment => ({
      bundle: name,
      namespace: name,
      objects: Array.from({ length: 40 }, (_, n) => configMap(`c${n}`)),
    });
    await agent.say({ assignments: [steady, many('hung'), many('other')] });
    await agent.untilSynced('other');
    await steadyComesBack();
    const status = await agent.until('hung', ({ objects }) =>
      objects.some((it) => it.reason === 'Unreachable'),
    );
    expect(problemOf(status, 'Unreachable')).toContain('failed calling webhook "hang.example.com"');
    await steadyComesBack();
    // One line a kind and reason, and the first few.
    expect(agent.log.split('\n').filter((line) => line.includes('"level":40')).length).toBeLessThan(6);
    open();
    await agent.until('hung', ({ sync }) => sync === 'Synced', 50_000);
    await kubectl(['delete', 'validatingwebhookconfiguration', 'hang']);
  }, 90_000);

  it('a Namespace that hangs holds up no other bundle, though Namespaces come first', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const selected = { hangs: 'yes' };
    const rule = { apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['namespaces'] };
    await make(hanging({ rules: [rule], objectSelector: { matchLabels: selected } }));
    const space = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: selected },
    });
    await eventually(
      () =>
        kubectl(['create', '-f', '-', '--dry-run=server', patience], { input: space('probe') }).catch(String),
      (said) => /timeout|timed out|deadline/i.test(said),
    );
    const late = (name: string): FileAssignment => ({
      bundle: name,
      namespace: name,
      objects: [configMap('l')],
    });
    await agent.say({ assignments: [steady, { bundle: 'spaces', objects: [space('slow')] }, late('late')] });
    await eventually(
      () => find('late', 'l'),
      (found) => found !== undefined,
      7_000,
    );
    await steadyComesBack();
    open();
    await agent.until('spaces', ({ sync }) => sync === 'Synced', 50_000);
    await kubectl(['delete', 'validatingwebhookconfiguration', 'hang']);
  }, 90_000);

  it('a webhook that is away holds up its own objects only, and they go on soon after it is back', async () => {
    const away = { url: 'https://127.0.0.1:1/away', caBundle: webhooks.clientConfig('/hang').caBundle };
    await make(hanging({ clientConfig: away, namespaceSelector: only('guarded') }));
    await kubectl(['create', 'namespace', 'guarded']);
    await eventually(
      () => kubectl(['create', 'configmap', 'probe', '-n', 'guarded', '--dry-run=server']).catch(String),
      (said) => said.includes('failed calling webhook'),
    );
    await agent.say({
      assignments: [steady, { bundle: 'guarded', namespace: 'guarded', objects: [configMap('g')] }],
    });
    const status = await agent.until('guarded', ({ objects }) => objects[0]?.reason === 'Unreachable');
    expect(problemOf(status, 'Unreachable')).toContain('failed calling webhook');
    await steadyComesBack();
    await kubectl(['delete', 'validatingwebhookconfiguration', 'hang']);
    await agent.until('guarded', ({ sync }) => sync === 'Synced', 50_000);
  });

  it('a conversion that is broken makes its objects unknown, and leaves all others to be seen', async () => {
    await make(
      definition('gears', 'Gear', {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: webhooks.clientConfig('/convert') },
        },
      }),
    );
    await established('gears');
    const gears: FileAssignment = {
      bundle: 'gears',
      namespace: 'gears',
      objects: [custom('Gear', 'a', 'v2')],
    };
    await agent.say({ assignments: [steady, gears] });
    await agent.untilSynced('gears');
    conversionIsBroken = true;
    // Started anew, both must look: what they had seen is gone with their memory.
    await agent.kill();
    await cluster.apiServer.restart();
    agent.start();
    const status = await agent.until('gears', ({ objects }) => objects[0]?.reason === 'NotObserved');
    expect(status.sync).toBe('Unknown');
    expect(problemOf(status, 'NotObserved')).toContain('the converter is out of order');
    await agent.untilSynced('steady');
    await steadyComesBack();
    conversionIsBroken = false;
    await agent.until('gears', ({ sync }) => sync === 'Synced', 50_000);
  });

  it('a namespace that is being deleted is waited for, and then made again with what belongs there', async () => {
    const doomed: FileAssignment = {
      bundle: 'doomed',
      namespace: 'doomed',
      objects: [configMap('d0'), configMap('d1')],
    };
    await agent.say({ assignments: [steady, doomed] });
    await agent.untilSynced('doomed');
    const before = await kube.get(namespaces, { name: 'doomed' });
    await kubectl(['create', '-f', '-'], {
      input: configMap('held', '1', { namespace: 'doomed', finalizers: ['example.com/held'] }),
    });
    await kubectl(['delete', 'namespace', 'doomed', '--wait=false']);
    const status = await agent.until('doomed', ({ objects }) =>
      objects.some((it) => it.reason === 'Terminating'),
    );
    expect(problemOf(status, 'Terminating')).toMatch(/terminated|being deleted/);
    await steadyComesBack();
    await kubectl(['patch', 'configmap', 'held', '-n', 'doomed', '--type=json', '-p', dropFinalizers]);
    await agent.until('doomed', ({ sync }) => sync === 'Synced', 50_000);
    const after = await kube.get(namespaces, { name: 'doomed' });
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
  });

  it('a kind that is taken away is said to be missing, and its objects come back with it', async () => {
    await make(definition('gadgets', 'Gadget'));
    await established('gadgets');
    const gadgets: FileAssignment = {
      bundle: 'gadgets',
      namespace: 'gadgets',
      objects: [custom('Gadget', 'a')],
    };
    await agent.say({ assignments: [steady, gadgets] });
    await agent.untilSynced('gadgets');
    await kubectl(['delete', 'crd', 'gadgets.example.com']);
    await agent.until('gadgets', ({ objects }) => objects[0]?.reason === 'KindMissing');
    await steadyComesBack();
    await make(definition('gadgets', 'Gadget'));
    await agent.until('gadgets', ({ sync }) => sync === 'Synced', 70_000);
  }, 120_000);

  it('an API whose server is away is said to be, and everything else goes on', async () => {
    await make({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.away.example.com' },
      spec: {
        group: 'away.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'nobody' },
      },
    });
    await agent.say({
      assignments: [
        steady,
        {
          bundle: 'away',
          namespace: 'away',
          objects: [
            configMap('near'),
            { apiVersion: 'away.example.com/v1', kind: 'Thing', metadata: { name: 'far' } },
          ],
        },
      ],
    });
    const silence = 'the server of the API away.example.com/v1 does not answer';
    const status = await agent.until('away', ({ objects }) => objects[0]?.message.includes(silence) === true);
    expect(status.objects).toMatchObject([{ object: { name: 'far' }, reason: 'KindMissing' }]);
    await eventually(
      () => find('away', 'near'),
      (found) => found !== undefined,
    );
    await steadyComesBack();
    // What left is deleted all the same.
    await agent.say({
      assignments: [steady, { bundle: 'away', namespace: 'away', objects: [] }],
      deletionConsents: ['away'],
    });
    await eventually(
      () => find('away', 'near'),
      (found) => found === undefined,
    );
    await kubectl(['delete', 'apiservice', 'v1.away.example.com']);
  });

  const patience = '--request-timeout=1s';
  const dropFinalizers = '[{"op":"remove","path":"/metadata/finalizers"}]';

  async function make(object: object): Promise<void> {
    await kubectl(['apply', '-f', '-'], { input: object });
  }

  async function established(plural: string): Promise<void> {
    await kubectl(['wait', '--for=condition=Established', `crd/${plural}.example.com`]);
  }

  function only(name: string): object {
    return { matchLabels: { 'kubernetes.io/metadata.name': name } };
  }

  function hanging(more: object): object {
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hang' },
      webhooks: [
        {
          name: 'hang.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          timeoutSeconds: 8,
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['*'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['configmaps'],
            },
          ],
          clientConfig: webhooks.clientConfig('/hang'),
          ...more,
        },
      ],
    };
  }

  async function told(bundle: string): Promise<ToldStatus | undefined> {
    return (await agent.statuses()).find((status) => status.bundle === bundle);
  }

  function problemOf(status: ToldStatus, reason: string): string | undefined {
    return status.objects.find((it) => it.reason === reason)?.message;
  }

  async function find(namespace: string, name: string): Promise<KubeObject | undefined> {
    return kube.get(configMaps, { namespace, name }).catch((error: unknown) => {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  /** Within a time that no hanging request would leave. */
  async function steadyComesBack(): Promise<void> {
    await kube.delete(configMaps, { namespace: 'steady', name: 's0' });
    await eventually(
      () => find('steady', 's0'),
      (found) => found !== undefined,
      4_000,
    );
    await agent.untilSynced('steady');
  }
});

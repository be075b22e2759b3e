import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createKubeClient,
  type KubeClient,
  KubeApiError,
  type KubeObject,
  type Resource,
} from '@muster/kube';
import {
  type AuditLog,
  createAuditLog,
  type Fault,
  type FaultProxy,
  type FaultRule,
  startCluster,
  startFaultProxy,
  type TestCluster,
} from '@muster/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';

const core = (plural: string, kind: string): Resource => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
  verbs: [],
});
const configMaps = core('configmaps', 'ConfigMap');
const secrets = core('secrets', 'Secret');
const leases: Resource = { ...core('leases', 'Lease'), group: 'coordination.k8s.io' };
const secret = (name: string, value: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { value },
});

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each request meets one of these with this probability. */
function sometimes(probability: number, faults: readonly Fault[], seed = 1): FaultRule {
  const random = seeded(seed);
  return () => (random() < probability ? faults[Math.floor(random() * faults.length)] : undefined);
}

/**
 * An agent whose API server is behind a bad line. Through each fault it is led by states that add, change and remove,
 * while others change and delete what it owns; in the end the cluster is exactly as the last state says, nothing that
 * bears the fleet's label is too much, and the agent is the same process as at first.
 */
describe('an agent behind a line where things go wrong', () => {
  let cluster: TestCluster;
  let audit: AuditLog;
  let proxy: FaultProxy;
  let kube: KubeClient;
  let agent: AgentProcess;
  let generation = 0;

  beforeAll(async () => {
    audit = await createAuditLog();
    cluster = await startCluster({ apiServerFlags: audit.flags });
    kube = createKubeClient(cluster.config);
  });

  afterAll(async () => {
    await kube?.close();
    await cluster?.stop();
    await audit?.remove();
  });

  beforeEach(async () => {
    proxy = await startFaultProxy(cluster);
    agent = await AgentProcess.on(proxy.kubeconfig);
  });

  afterEach(async () => {
    await agent?.stop();
    await proxy?.stop();
  });

  const classes: readonly (readonly [string, FaultRule])[] = [
    [
      'answers 500, 502, 503 and 504 without having done anything',
      sometimes(
        0.12,
        [500, 502, 503, 504].map((status) => ({ kind: 'answer', status })),
      ),
    ],
    [
      'answers 500 and 504 after it was done all the same',
      sometimes(0.12, [
        { kind: 'answer-after', status: 500 },
        { kind: 'answer-after', status: 504 },
      ]),
    ],
    [
      'resets connections before and after it was done',
      sometimes(0.12, [{ kind: 'reset' }, { kind: 'reset-after' }]),
    ],
    ['loses the second half of answers', sometimes(0.12, [{ kind: 'truncate', silently: false }])],
    ['ends answers early as if they were whole', sometimes(0.12, [{ kind: 'truncate', silently: true }])],
    [
      'forgets the past of watches and lists',
      (request) => {
        if (request.query.has('continue')) return { kind: 'answer', status: 410 };
        return request.isWatch && request.number % 2 === 0 ? { kind: 'expired' } : undefined;
      },
    ],
    ['tells events late', (request) => (request.isWatch ? { kind: 'slow', ms: 700 } : undefined)],
    [
      'has another idea of the time',
      sometimes(1, [
        { kind: 'date', skewMs: 86_400_000 },
        { kind: 'date', skewMs: -86_400_000 },
      ]),
    ],
    [
      'throttles, and says for how long',
      sometimes(0.25, [{ kind: 'answer', status: 429, headers: { 'retry-after': '1' } }]),
    ],
  ];

  it.each(classes)(
    'that %s',
    async (_, rule) => {
      await lead(rule);
    },
    120_000,
  );

  it('writes no object more often than it changed, however late its events are told', async () => {
    proxy.break((request) => (request.isWatch ? { kind: 'slow', ms: 700 } : undefined));
    const objects = Array.from({ length: 8 }, (_, n) => configMap(`late${n}`));
    await agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'late', namespace: 'late', objects }],
    });
    agent.start();
    await agent.untilSynced('late', generation);
    const changed = objects.map((_, n) => configMap(`late${n}`, '2'));
    await agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'late', namespace: 'late', objects: changed }],
    });
    await agent.untilSynced('late', generation);
    await heal('late', 'late0');
    const patches = (await audit.requests()).filter(
      (it) => it.verb === 'patch' && it.namespace === 'late' && it.isWrite,
    );
    expect(patches.length).toBe(2 * objects.length + 1);
  });

  it('is not held up where only one kind is throttled, and says so of that kind', async () => {
    proxy.break(({ method, path }) =>
      method === 'PATCH' && path.includes('/secrets/')
        ? { kind: 'answer', status: 429, headers: { 'retry-after': '30' } }
        : undefined,
    );
    await agent.say({
      generation: ++generation,
      assignments: [
        {
          bundle: 'throttled',
          namespace: 'throttled',
          objects: [
            ...Array.from({ length: 40 }, (_, n) => secret(`t${n}`, 'x')),
            ...Array.from({ length: 40 }, (_, n) => configMap(`t${n}`)),
          ],
        },
      ],
    });
    agent.start();
    await eventually(
      async () => (await list(configMaps, 'throttled')).length,
      (count) => count === 40,
    );
    const told = await agent.until('throttled', ({ objects }) => objects[0]?.reason === 'Unreachable');
    expect(told.sync).toBe('OutOfSync');
    proxy.break(undefined);
    await agent.untilSynced('throttled', generation);
  });

  it('asks a server that ends each watch at once no more than it must', async () => {
    await agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'short', namespace: 'short', objects: [configMap('a')] }],
    });
    agent.start();
    await agent.untilSynced('short', generation);
    let watches = 0;
    proxy.break(({ isWatch }) => {
      if (!isWatch) return undefined;
      watches += 1;
      return { kind: 'answer', status: 503 };
    });
    proxy.cut();
    await eventually(
      () => Promise.resolve(watches),
      (count) => count >= 4,
    );
    proxy.break(undefined);
    await heal('short', 'a');
    expect(watches).toBeLessThan(15);
  });

  it('keeps the Lease, and waits for that of another, with a clock that is a day wrong', async () => {
    const skewed = (ms: number) => ({
      env: {
        NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../src/kubernetes/skewed-clock.ts')).href}`,
        MUSTER_TEST_SKEW_MS: String(ms),
      },
    });
    const objects = [configMap('a')];
    await agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'clock', namespace: 'clock', objects }],
    });
    agent.start(skewed(-86_400_000));
    await agent.untilSynced('clock', generation);
    const holder = await holderOf();
    const other = await AgentProcess.on(cluster.kubeconfig);
    try {
      await other.say({ generation: generation + 1, assignments: [] });
      other.start(skewed(86_400_000));
      await eventually(
        () => Promise.resolve(other.log),
        (log) => log.includes('another agent holds this cluster'),
      );
      // Longer than a Lease lasts: the holder renews every five seconds.
      const renewals = new Set<string>();
      await eventually(
        async () => renewals.add((await lease()).metadata.resourceVersion ?? ''),
        (seen) => seen.size >= 5,
        40_000,
      );
      expect(await holderOf()).toBe(holder);
    } finally {
      await other.stop();
    }
    await heal('clock', 'a');
  }, 90_000);

  /** The story that every fault is met with. */
  async function lead(rule: FaultRule): Promise<void> {
    const names = (from: number, to: number): readonly number[] =>
      Array.from({ length: to - from }, (_, n) => from + n);
    const say = async (from: number, to: number, value: string): Promise<void> => {
      const objects = names(from, to).flatMap((n) => [configMap(`o${n}`, value), secret(`o${n}`, value)]);
      await agent.say({
        generation: ++generation,
        assignments: [
          { bundle: 'led', namespace: 'led', objects },
          { bundle: 'also', namespace: 'also', objects: [configMap('also', value)] },
        ],
        deletionConsents: ['led'],
      });
    };
    proxy.break(rule);
    await say(0, 12, 'one');
    agent.start();
    await agent.untilSynced('led', generation, 60_000);
    await say(0, 20, 'two');
    await kube.delete(configMaps, { namespace: 'led', name: 'o3' });
    await agent.untilSynced('led', generation, 60_000);
    proxy.cut();
    await kube.mergePatch(configMaps, { namespace: 'led', name: 'o4' }, { data: { value: 'by hand' } });
    await say(4, 20, 'three');
    await agent.untilSynced('led', generation, 60_000);
    await eventually(
      async () => (await list(configMaps, 'led')).length + (await list(secrets, 'led')).length,
      (count) => count === 2 * 16,
      30_000,
    );
    expect(proxy.counts().faults.size).toBeGreaterThan(0);
    proxy.break(undefined);
    await agent.untilSynced('also', generation, 60_000);
    const led = await list(configMaps, 'led');
    expect(led.map((it) => [it.metadata.name, (it['data'] as { value: string }).value])).toEqual(
      names(4, 20)
        .map((n) => [`o${n}`, 'three'])
        .sort(),
    );
    const told = await list(secrets, 'led');
    expect(
      told.map((it) => Buffer.from((it['data'] as { value: string }).value, 'base64').toString()),
    ).toEqual(Array.from({ length: 16 }, () => 'three'));
    await heal('led', 'o5');
    // Leaves nothing to the next.
    await agent.say({ generation: ++generation, assignments: [], deletionConsents: ['led', 'also'] });
    await eventually(
      async () => (await list(configMaps, 'led')).length + (await list(secrets, 'led')).length,
      (count) => count === 0,
    );
  }

  async function heal(namespace: string, name: string): Promise<void> {
    await kube.delete(configMaps, { namespace, name });
    await eventually(
      () =>
        kube.get(configMaps, { namespace, name }).catch((error: unknown) => {
          if (error instanceof KubeApiError && error.status === 404) return undefined;
          throw error;
        }),
      (found) => found !== undefined,
    );
  }

  async function list(resource: Resource, namespace: string): Promise<readonly KubeObject[]> {
    const { items } = await kube.list(resource, { namespace, labelSelector: `muster.dev/fleet=${fleet}` });
    return items.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  function lease(): Promise<KubeObject> {
    return kube.get(leases, { namespace: 'muster-system', name: 'muster-agent' });
  }

  async function holderOf(): Promise<string | undefined> {
    return ((await lease())['spec'] as { readonly holderIdentity?: string }).holderIdentity;
  }
});

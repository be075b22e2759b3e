import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncStatus } from '@muster/contracts';
import { createKubeClient, KubeApiError, type KubeClient, type Resource } from '@muster/kube';
import {
  type Relay,
  type RunningProgram,
  startCluster,
  startProgram,
  startRelay,
  StubHub,
  type TestCluster,
  until,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const bundles = ['one', 'two', 'three'];
const perBundle = 5;

/** The hub is played, so that what it is told can be counted. */
describe('an agent whose hub is away', () => {
  let folder: string;
  let cluster: TestCluster;
  let kube: KubeClient;
  let hub: StubHub;
  let line: Relay;
  let agent: RunningProgram;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-offline-'));
    cluster = await startCluster({ name: 'offline' });
    kube = createKubeClient(cluster.config);
    hub = await StubHub.start();
    line = await startRelay({ to: hub.sessionAddress });
    const token = join(folder, 'token');
    await writeFile(token, hub.joinToken, { mode: 0o600 });
    hub.announce(
      bundles.map((name) => ({
        name,
        namespace: name,
        objects: Array.from({ length: perBundle }, (_, n) =>
          Buffer.from(
            `{"apiVersion":"v1","data":{"value":"1"},"kind":"ConfigMap","metadata":{"name":"o${n}"}}`,
          ),
        ),
      })),
    );
    agent = startProgram(
      'agent',
      [
        ...['--kubeconfig', cluster.kubeconfig, '--join-token-file', token],
        ...['--hub', hub.enrolmentAddress, '--hub-session', line.address],
      ],
      { logFile: join(folder, 'agent.log') },
    );
    for (const name of bundles) await hub.status(name, ({ sync }) => sync === SyncStatus.SYNC_STATUS_SYNCED);
  });

  afterAll(async () => {
    await agent?.kill();
    await line?.stop();
    await hub?.close();
    await kube?.close();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells it the truth in one exchange once it is back, whatever was true in between', async () => {
    line.cut();
    // Each deletion is a change there and back: what a hub would have been told of a hundred times.
    for (const name of bundles)
      for (let n = 0; n < perBundle; n++) {
        await kube.delete(configMaps, { namespace: name, name: `o${n}` });
        await until(
          'the correction',
          () => kube.get(configMaps, { namespace: name, name: `o${n}` }),
          () => true,
        );
      }
    // This stays wrong: it can be neither changed nor replaced while somebody's finalizer holds it.
    const held = { namespace: 'two', name: 'o3' };
    await kube.mergePatch(configMaps, held, { metadata: { finalizers: ['example.com/held'] } });
    await kube.delete(configMaps, held);
    await until(
      'the log of a lost hub',
      () => agent.log(),
      (log) => log.includes('not connected to the hub'),
    );
    line.mend();
    const told = await hub.status('two', ({ objects }) => objects.some((it) => it.object?.name === 'o3'));
    expect(told.objects).toHaveLength(1);
    const first = hub.reports[0]!;
    expect(first.complete).toBe(true);
    expect(first.assignments.map((it) => it.bundle).sort()).toEqual([...bundles].sort());
    expect(first.assignments.find((it) => it.bundle === 'two')).toEqual(told);
    await kube.mergePatch(configMaps, held, { metadata: { finalizers: null } });
    await hub.status('two', ({ sync }) => sync === SyncStatus.SYNC_STATUS_SYNCED);
  });

  it('keeps no more for it than one state of each bundle, however long it is away', async () => {
    line.cut();
    const changes = 150;
    for (let n = 0; n < changes; n++)
      await kube
        .mergePatch(
          configMaps,
          { namespace: 'one', name: 'o1' },
          { metadata: { labels: { turn: String(n) } } },
        )
        .catch((error: unknown) => {
          if (!(error instanceof KubeApiError)) throw error;
        });
    const before = line.received();
    const ofFormerSession = hub.reports;
    line.mend();
    await until(
      'the whole truth, in another session',
      () => Promise.resolve(hub.reports),
      (reports) => reports !== ofFormerSession && reports.some((it) => it.complete),
    );
    expect(hub.reports[0]!.assignments).toHaveLength(bundles.length);
    // TLS and the cluster's facts included.
    expect(line.received() - before).toBeLessThan(64 * 1024);
  });
});

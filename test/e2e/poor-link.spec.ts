import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, type KubeClient, type Resource } from '@muster/kube';
import {
  type FarPlace,
  freePorts,
  type Relay,
  startAgent,
  startCluster,
  startFarPlace,
  startHub,
  startRelay,
  type TestAgent,
  type TestCluster,
  type TestHub,
  TestRepo,
  until,
  whyNoNamespaces,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile } from './fleet-fixture.ts';

const whyNot = await whyNoNamespaces();
if (whyNot !== undefined) process.stderr.write(`the test of a poor link is skipped: ${whyNot}\n`);

const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const count = 100;

/** Objects of a kilobyte each, that nothing compresses to less than half. */
function objects(version: string): string {
  return Array.from({ length: count }, (_, n) => {
    const noise = Array.from({ length: 16 }, (__, part) =>
      createHash('sha256').update(`${version}/${n}/${part}`).digest('hex'),
    ).join('');
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: o${n}}\ndata: {version: "${version}", noise: ${noise}}\n`;
  }).join('---\n');
}

/** A ship, a shop at the end of a bad line: the cluster and its agent are in a network namespace, the hub is not. */
describe.skipIf(whyNot !== undefined)('an agent behind 600 ms, 2% loss and 256 kbit/s', () => {
  let folder: string;
  let place: FarPlace;
  let cluster: TestCluster;
  let hub: TestHub;
  let repo: TestRepo;
  let relays: readonly Relay[] = [];
  let agent: TestAgent;
  let kube: KubeClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-poor-link-'));
    place = await startFarPlace({ delayMs: 300, loss: 0.02, bitsPerSecond: 256_000 });
    const [sessions, enrolment, api] = (await freePorts(3)) as [number, number, number];
    repo = await TestRepo.create(join(folder, 'repo'));
    await repo.commit({
      'shop/muster.yaml': bundleFile('shop', { selector: '{}' }),
      'shop/manifests/all.yaml': objects('one'),
    });
    hub = await startHub({
      gitUrl: repo.path,
      flags: ['--session-address', `${place.poor}:${sessions}`],
    });
    cluster = await startCluster({ name: 'far' });
    kube = createKubeClient(cluster.config);
    relays = await Promise.all([
      startRelay({ host: place.poor, port: sessions, to: hub.sessionAddress }),
      startRelay({ host: place.poor, port: enrolment, to: hub.enrolmentAddress }),
      startRelay({ host: place.good, port: api, to: new URL(cluster.url).host }),
    ]);
    const kubeconfig = join(folder, 'kubeconfig');
    const near = JSON.parse(await readFile(cluster.kubeconfig, 'utf8')) as {
      clusters: [{ cluster: { server: string; 'tls-server-name'?: string } }];
    };
    near.clusters[0].cluster.server = `https://${place.good}:${api}`;
    near.clusters[0].cluster['tls-server-name'] = 'localhost';
    await writeFile(kubeconfig, JSON.stringify(near), { mode: 0o600 });
    agent = await startAgent({
      hub,
      name: 'far',
      kubeconfig,
      enrolmentAddress: `${place.poor}:${enrolment}`,
      command: place.command,
    });
  });

  afterAll(async () => {
    await agent?.stop();
    await kube?.close();
    await Promise.all(relays.map((relay) => relay.stop()));
    await cluster?.stop();
    await hub?.stop();
    await place?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('is on a line that is as poor as that', async () => {
    process.stderr.write(`the poor line is made by ${place.madeBy}\n`);
    const roundTripMs = await place.roundTripMs();
    expect(roundTripMs).toBeGreaterThan(590);
    expect(roundTripMs).toBeLessThan(900);
  });

  it('joins, and brings its cluster to what the repo says', async () => {
    await settled('one');
  }, 120_000);

  it('takes up a change, and stays connected all the while', async () => {
    await commit('two');
    await settled('two');
    const log = await agent.program().log();
    expect(log.match(/connected to the hub/g)?.filter((it) => it !== '')).toHaveLength(1);
    expect(log).not.toContain('not connected to the hub');
  }, 120_000);

  it('corrects drift at home without the line, and tells the truth once it is back', async () => {
    await place.unplug();
    await kube.delete(configMaps, { namespace: 'shop', name: 'o7' });
    await until(
      'the correction',
      () => kube.get(configMaps, { namespace: 'shop', name: 'o7' }),
      (found) => found.metadata.uid !== undefined,
    );
    await commit('three');
    await until(
      'the silence that the hub notices',
      async () => (await hub.api.clusters('name=far'))[0],
      (it) => it?.connected === false,
      { timeoutMs: 60_000 },
    );
    await place.plug();
    await settled('three');
  }, 180_000);

  async function commit(version: string): Promise<void> {
    await repo.commit({ 'shop/manifests/all.yaml': objects(version) });
    await hub.api.call('POST', 'sync', {});
  }

  async function settled(version: string): Promise<void> {
    await until(
      `version ${version} on the far cluster, and the hub knows`,
      async () => {
        const [it] = await hub.api.clusters('name=far');
        const { items } = await kube.list(configMaps, { namespace: 'shop' });
        const arrived = items.filter(
          (item) => (item['data'] as { version?: string } | undefined)?.version === version,
        );
        return { arrived: arrived.length, cluster: it };
      },
      ({ arrived, cluster: it }) =>
        arrived === count &&
        it?.connected === true &&
        it.sync === 'Synced' &&
        it.applied?.generation === it.desired?.generation,
      { timeoutMs: 90_000, everyMs: 200 },
    );
  }
});

import type { KubeObject } from '@muster/kube';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const bundles = ['a', 'b', 'c'];
const names = ['one', 'two', 'three', 'four', 'five', 'six'];
const steps = 30;

/** What the repo says: which bundle has an object, and with which value. */
type Wanted = Map<string, { readonly bundle: string; readonly value: string }>;

/** Commits, edits and crashes in any order, none of them waited for. In the end each cluster is what the repo says. */
describe('a fleet in which everything happens at once', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [
        { name: 'one', labels: {} },
        { name: 'two', labels: {} },
      ],
      files: {
        ...Object.fromEntries(
          bundles.map((bundle) => [
            `${bundle}/muster.yaml`,
            bundleFile(bundle, { selector: '{}', namespace: 'shared' }),
          ]),
        ),
        ...filesOf(new Map()),
      },
    });
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it.each([1, 2])(
    'is in the end what the repo says, nothing more and nothing less (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      const wanted: Wanted = new Map();
      const background: Promise<unknown>[] = [];
      const happenings: readonly (() => Promise<void>)[] = [
        ...Array.from({ length: 4 }, () => async () => {
          change(wanted, pick, random);
          await fleet.repo.commit(filesOf(wanted));
          background.push(fleet.hub.api.call('POST', 'sync', {}).catch(() => undefined));
        }),
        async () => {
          const { agent } = pick(fleet.members);
          await agent.kill();
          agent.start();
        },
        async () => {
          await fleet.hub.kill();
          await fleet.hub.start();
        },
        () => pick(fleet.members).cluster.apiServer.restart(),
        async () => void (await meddle(pick(fleet.members), pick(names), pick)),
        async () => void (await meddle(pick(fleet.members), pick(names), pick)),
      ];
      const told: number[] = [];
      for (let step = 0; step < steps; step += 1) {
        const which = Math.floor(random() * happenings.length);
        told.push(which);
        await happenings[which]!();
      }
      await Promise.all(background);
      await fleet.commit(filesOf(wanted), 'The last word');
      const expected = Object.fromEntries([...wanted].sort(([a], [b]) => (a < b ? -1 : 1)));
      for (const member of fleet.members) {
        await until(
          `what ${member.name} is to have, after ${told.join()}`,
          () => found(member),
          (it) => JSON.stringify(it) === JSON.stringify(expected),
        ).catch(async (error: Error) => {
          throw new Error(`${error.message}\n${(await member.agent.program().log()).slice(-4000)}`);
        });
      }
      await fleet.settled();
      for (const member of fleet.members) {
        expect(await found(member)).toEqual(expected);
        // Whatever befell its API server and its hub, an agent waits: only a kill ends it.
        expect(member.agent.program().running()).toBe(true);
      }
    },
    150_000,
  );
});

/** Sets, hands over or removes one object. */
function change(wanted: Wanted, pick: <T>(from: readonly T[]) => T, random: () => number): void {
  const name = pick(names);
  if (random() < 0.3) wanted.delete(name);
  else wanted.set(name, { bundle: pick(bundles), value: String(Math.floor(random() * 1e6)) });
}

/** Each bundle has one file, and an object of its own that always stays. */
function filesOf(wanted: Wanted): Record<string, string> {
  return Object.fromEntries(
    bundles.map((bundle) => [
      `${bundle}/manifests/all.yaml`,
      [
        configMap(`always-${bundle}`, {}),
        ...[...wanted]
          .filter(([, it]) => it.bundle === bundle)
          .map(([name, { value }]) => configMap(name, { value })),
      ].join('---\n'),
    ]),
  );
}

/** A person edits or deletes what is there, or takes our label off it. */
async function meddle(member: Member, name: string, pick: <T>(from: readonly T[]) => T): Promise<void> {
  const configMaps = await member.kube.resourceFor('', 'v1', 'ConfigMap').catch(() => undefined);
  if (configMaps === undefined) return;
  const key = { namespace: 'shared', name };
  const doing = pick([
    () => member.kube.delete(configMaps, key),
    () => member.kube.mergePatch(configMaps, key, { data: { value: 'by hand' } }),
    () => member.kube.mergePatch(configMaps, key, { metadata: { labels: { 'muster.dev/fleet': null } } }),
  ]);
  await Promise.resolve(doing()).catch(() => undefined);
}

/** All that is in the namespace, with the bundle that has it. */
async function found(
  member: Member,
): Promise<Record<string, { bundle: string | undefined; value: string | undefined }>> {
  const configMaps = (await member.kube.resourceFor('', 'v1', 'ConfigMap'))!;
  const { items } = await member.kube.list(configMaps, { namespace: 'shared' });
  return Object.fromEntries(
    items
      .filter((it) => names.includes(it.metadata.name))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
      .map((it) => [
        it.metadata.name,
        { bundle: it.metadata.labels?.['muster.dev/bundle'], value: dataOf(it)['value'] },
      ]),
  );
}

function dataOf(object: KubeObject): Readonly<Record<string, string>> {
  return (object['data'] ?? {}) as Record<string, string>;
}

/** A small generator with a seed, so that a failure can be had again. (mulberry32) */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

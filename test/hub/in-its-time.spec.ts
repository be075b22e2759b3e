import type { Bundle, Revision } from '@muster/api';
import { startGitServer, until } from '@muster/testing';
import { afterEach, expect, test } from 'vitest';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

let fleet: TestFleet | undefined;

afterEach(() => fleet?.stop());

const shop = { fleet: 'shop' };

test('a commit that nobody tells of is found by looking now and then', async () => {
  await using server = closing(await startGitServer());
  const repo = await server.createRepo('fleet');
  await repo.commit(bundleFiles('checkout', shop));
  fleet = await TestFleet.start({}, ['--git-url', repo.url, '--git-poll-interval', '1s']);
  const sha = await repo.commit({ 'checkout/manifests/config.yaml': configMap('checkout', { key: 'new' }) });
  await until(
    'the commit',
    () => fleet!.list<Revision>('revisions'),
    ([newest]) => newest?.sha === sha && newest.state === 'Good',
  );
});

test('what nothing refers to is deleted a day later, what is in use stays, and what comes back is made again', async () => {
  const files = bundleFiles('checkout', shop);
  fleet = await TestFleet.start(files);
  const agent = await fleet.join('eu-1', shop);
  const first = (await agent.desiredWhere('checkout', (it) => it.assignments.length === 1)).assignments[0]!;
  const next = await fleet.commit({
    'checkout/manifests/config.yaml': configMap('checkout', { key: 'next' }),
  });
  await agent.desiredWhere('the commit', (it) => it.assignments[0]?.revision === next);
  agent.reportSynced();
  await until(
    'the report',
    () => fleet!.api<Bundle>('GET', 'bundles/checkout'),
    (it) => it.synced === 1,
  );
  const start = Date.now();
  const hours = (count: number) => (fleet!.now = () => start + count * 3_600_000);
  const { runtime } = fleet.hub;
  expect(await runtime.collectGarbage()).toEqual({ contents: 0, manifests: 0, objects: 0 });
  hours(23);
  expect(await runtime.collectGarbage()).toEqual({ contents: 0, manifests: 0, objects: 0 });
  hours(25);
  // A content that is deleted lets go of its manifest, which then has its own day.
  expect(await runtime.collectGarbage()).toMatchObject({ contents: 1 });
  hours(50);
  expect(await runtime.collectGarbage()).toMatchObject({ manifests: 1, objects: 1 });
  expect(await agent.objectsOf('checkout')).toMatchObject([{ data: { key: 'next' } }]);
  await expect(agent.fetch([first.manifestDigest])).rejects.toThrow();

  const back = await fleet.commit({
    'checkout/manifests/config.yaml': files['checkout/manifests/config.yaml']!,
  });
  const state = await agent.desiredWhere('the old one', (it) => it.assignments[0]?.revision === back);
  expect(state.assignments[0]?.manifestDigest).toBe(first.manifestDigest);
  expect(await agent.objectsOf('checkout')).toMatchObject([{ data: { key: 'value' } }]);
});

function closing<Server extends { close(): Promise<void> }>(server: Server): Server & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

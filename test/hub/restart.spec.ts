import type { Assignment, Cluster } from '@muster/api';
import { until } from '@muster/testing';
import { afterEach, expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

let fleet: TestFleet | undefined;

afterEach(() => fleet?.stop());

const ports = (of: TestFleet): string[] => [
  ...['--http-port', String(of.hub.ports.http)],
  ...['--session-port', String(of.hub.ports.sessions), '--enrolment-port', String(of.hub.ports.enrolment)],
];

test('a hub that starts again has all that it acknowledged, and announces nothing anew (invariant 8)', async () => {
  fleet = await TestFleet.start(bundleFiles('checkout', { fleet: 'shop' }));
  const agent = await fleet.join('eu-1', { fleet: 'shop' });
  await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
  agent.reportSynced();
  const synced = async () => (await fleet!.list<Assignment>('assignments'))[0];
  await until('the status', synced, (it) => it?.sync === 'Synced');
  const announcements = agent.announced.length;
  const flags = ports(fleet);
  await fleet.hub.close();
  await fleet.startHub(flags);
  const connected = async () => (await fleet!.list<Cluster>('clusters'))[0];
  await until('the session', connected, (it) => it?.connected === true);
  expect(await synced()).toMatchObject({ cluster: 'eu-1', sync: 'Synced', health: 'Healthy' });
  expect(agent.announced).toHaveLength(announcements);
});

test(
  'a cluster that is silent turns Unknown, with what it said last beside it (invariant 7)',
  { timeout: 150_000 },
  async () => {
    fleet = await TestFleet.start(bundleFiles('checkout', { fleet: 'shop' }));
    const agent = await fleet.join('eu-1', { fleet: 'shop' });
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    agent.reportSynced();
    const status = async () => (await fleet!.list<Assignment>('assignments'))[0];
    await until('the status', status, (it) => it?.sync === 'Synced');
    agent.close();
    const silent = await until('silence', status, (it) => it?.sync === 'Unknown', { timeoutMs: 90_000 });
    expect(silent).toMatchObject({ health: 'Unknown', lastKnown: { sync: 'Synced', health: 'Healthy' } });
  },
);

test('a status of another manifest than the assigned one is not shown as Synced (invariant 7)', async () => {
  fleet = await TestFleet.start(bundleFiles('checkout', { fleet: 'shop' }));
  const agent = await fleet.join('eu-1', { fleet: 'shop' });
  await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
  agent.reportSynced({ manifestDigest: `sha256:${'0'.repeat(64)}`, message: 'of an older manifest' });
  const reported = async () => (await fleet!.list<Cluster>('clusters'))[0];
  await until('the report', reported, (it) => it?.applied?.generation === it?.desired?.generation);
  expect((await fleet.list<Assignment>('assignments'))[0]).toMatchObject({ sync: 'OutOfSync' });
});

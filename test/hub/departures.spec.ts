import type { Cluster } from '@muster/api';
import { AssignmentStatus } from '@muster/contracts';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

describe('a cluster that is removed with its workloads', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', everywhere),
      ...bundleFiles('cart', everywhere),
    });
  });

  afterAll(() => fleet.stop());

  const remove = (name: string) => fleet.api('DELETE', `clusters/${name}?workloads=delete`);
  const find = async (name: string): Promise<Cluster | undefined> =>
    (await fleet.api<{ items: Cluster[] }>('GET', `clusters?name=${name}`)).items.find(
      (it) => it.name === name,
    );

  async function joined(name: string): Promise<FleetAgent> {
    const agent = await fleet.join(name, everywhere);
    await agent.desiredWhere('both bundles', (it) => it.assignments.length === 2);
    agent.reportSynced();
    await until(
      'its status',
      () => find(name),
      (it) => it?.sync === 'Synced',
    );
    return agent;
  }

  /** As an agent says it of which nothing remains. */
  function sayEmptied(agent: FleetAgent): void {
    const { version } = agent.desired!;
    agent.link.report({
      assignments: ['cart', 'checkout'].map((bundle) =>
        AssignmentStatus.fromPartial({ bundle, reason: 'Applied', gone: true, ...(version && { version }) }),
      ),
      ...(version && { applied: version, emptied: version }),
    });
  }

  test('is told to run nothing, and leaves when its agent says that nothing remains, not before, and also if the hub restarts meanwhile', async () => {
    const agent = await joined('eu-1');
    const before = agent.desired!;
    await remove('eu-1');
    const state = await agent.desiredWhere('nothing', (it) => it.assignments.length === 0);
    expect(state).toMatchObject({ deletionConsents: [{ bundle: 'cart' }, { bundle: 'checkout' }] });
    expect(await find('eu-1')).toMatchObject({ removal: { by: 'admin' } });
    // What remains of a former state proves nothing.
    agent.link.report({ assignments: [], ...(before.version && { emptied: before.version }) });
    const { http, sessions, enrolment } = fleet.hub.ports;
    await fleet.hub.close();
    await fleet.startHub(
      ['--http-port', http, '--session-port', sessions, '--enrolment-port', enrolment].map(String),
    );
    await until(
      'the agent to be back',
      () => find('eu-1'),
      (it) => it?.connected === true,
    );
    expect(await find('eu-1')).toMatchObject({ removal: { by: 'admin' } });
    expect(agent.removed).toEqual([]);
    await remove('eu-1');
    sayEmptied(agent);
    await until(
      'its removal',
      () => find('eu-1'),
      (it) => it === undefined,
    );
    await until(
      'the agent to be told',
      async () => agent.removed,
      (it) => it.length > 0,
    );
  });

  test('that has nothing leaves at once', async () => {
    const agent = await fleet.join('bare', { fleet: 'none' });
    await agent.desiredWhere('nothing', (it) => it.assignments.length === 0);
    sayEmptied(agent);
    await remove('bare');
    await until(
      'its removal',
      () => find('bare'),
      (it) => it === undefined,
    );
  });

  test('and is not connected is refused, with what to do; so is a paused one', async () => {
    const agent = await joined('away');
    await fleet.api('POST', 'pauses', { bundle: 'cart' });
    await expect(remove('away')).rejects.toThrow('Bundle cart of cluster away is paused');
    await fleet.api('DELETE', 'pauses?bundle=cart');
    await fleet.api('POST', 'pauses', { clusters: ['away'] });
    await expect(remove('away')).rejects.toThrow('Cluster away is paused: nothing is deleted there.');
    await fleet.api('DELETE', 'pauses?cluster=away');
    agent.close();
    await until(
      'its absence',
      () => find('away'),
      (it) => it?.connected === false,
    );
    await expect(remove('away')).rejects.toThrow(
      /Cluster away has not been connected since .*: nothing can be deleted there\. Connect it again, or remove it and keep its workloads\./,
    );
    await fleet.api('DELETE', 'clusters/away');
    expect(await find('away')).toBeUndefined();
  });

  test('and has an agent that cannot say when nothing remains is refused', async () => {
    const { token } = await fleet.api<{ token: string }>('POST', 'join-tokens', { name: 'old' });
    const agent = await fleet.enrol(token);
    agent.features = ['manifests/v1'];
    agent.connect();
    await until(
      'it to be connected',
      () => find('old'),
      (it) => it?.connected === true,
    );
    await expect(remove('old')).rejects.toThrow('The agent of cluster old is too old');
    await expect(remove('nowhere')).rejects.toThrow('There is no cluster');
  });

  test('can be let go at once all the same, with what remains', async () => {
    const agent = await joined('hurry');
    await remove('hurry');
    await agent.desiredWhere('nothing', (it) => it.assignments.length === 0);
    await fleet.api('DELETE', 'clusters/hurry?workloads=keep');
    expect(await find('hurry')).toBeUndefined();
  });
});

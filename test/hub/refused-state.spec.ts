import type { FleetEvent } from '@muster/api';
import { until } from '@muster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start(bundleFiles('checkout', {}));
});
afterAll(() => fleet.stop());

test('a desired state that an agent cannot take on is told as an event, once', async () => {
  const agent = await fleet.join('eu-1', {});
  await agent.desiredWhere('a state', (it) => it.assignments.length === 1);
  const refused = { version: { epoch: 1n, generation: 7n }, message: 'bundle checkout is assigned twice' };
  const events = async () => {
    const all = await fleet.list<FleetEvent>('events');
    return all.filter(({ type }) => type === 'DesiredStateRefused');
  };
  agent.link.report({ assignments: [], refused });
  await until('the event', events, (it) => it.length > 0);
  agent.link.report({ assignments: [], refused });
  agent.link.report({ assignments: [], refused: { ...refused, message: 'another' } });
  const told = await until('the other event', events, (it) => it.length > 1);
  expect(told.map(({ cluster, message }) => `${cluster}: ${message}`).sort()).toEqual([
    'eu-1: the agent cannot take on desired state 1.7: another',
    'eu-1: the agent cannot take on desired state 1.7: bundle checkout is assigned twice',
  ]);
});

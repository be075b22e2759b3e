import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pino from 'pino';
import { Lease } from '../lease/lease.ts';
import { MemoryKeeper } from '../memory.ts';
import { ClusterState } from '../state/cluster-state.ts';
import { StatusBook } from '../status/book.ts';
import { ClusterCore } from './agent-core.ts';
import { Kinds } from './kinds.ts';
import { Reconciler } from './reconciler.ts';
import { configMap, SimulatedAgent } from './testing.ts';

describe('an agent that is started again', () => {
  let agent: SimulatedAgent;
  beforeEach(async () => {
    agent = await SimulatedAgent.start();
  });
  afterEach(() => agent.stop());

  it('says nothing of its objects before it has looked at them', async () => {
    await agent.say({ assignments: [{ bundle: 'shop', namespace: 'shop', objects: [configMap('a')] }] });
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Healthy');
    await agent.reconciler.stop();

    const { kube } = agent;
    const signal = new AbortController().signal;
    const log = pino({ level: 'silent' });
    const lease = new Lease(kube, { identity: 'test', isDead: async () => true }, log);
    await lease.acquire(signal);
    const state = new ClusterState(
      kube,
      () => undefined,
      () => lease.mayWrite(),
    );
    const shared = { kube, state, kinds: new Kinds(kube), statuses: new StatusBook() };
    const memory = new MemoryKeeper(() => undefined);
    const reconciler = new Reconciler({
      ...{ ...shared, log, lease, memory },
      inventory: await state.load(signal),
      checkpoint: () => undefined,
      onFatal: () => undefined,
    });
    const told: string[] = [];
    shared.statuses.listen(
      (changed) => told.push(...changed.map(({ bundle, sync, health }) => `${bundle} ${sync} ${health}`)),
      signal,
    );
    new ClusterCore({ ...shared, reconciler, log, onRemoved: () => undefined }).resume();
    await shared.statuses.whole;
    expect(told).toEqual(['shop Synced Healthy']);
    await reconciler.stop();
    memory.stop();
  });
});

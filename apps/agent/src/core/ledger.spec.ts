import type { InventoryEntry, Plan } from '@muster/apply-plan';
import { describe, expect, it } from 'vitest';
import type { HeadContent } from '../state/cluster-state.ts';
import { Ledger } from './ledger.ts';

const content: HeadContent = { fleet: 'f', epoch: '1', generation: '1', desired: undefined, kept: [] };
const intent: InventoryEntry = {
  id: 'batch/Job/shop/migrate',
  bundle: 'shop',
  apiVersion: 'batch/v1',
  state: 'intended',
  adopted: false,
};
const plan: Plan = { phases: [], skips: [], intents: [intent], forgets: [], waits: [] };

function ledgerOn(commit: () => Promise<void>): Ledger {
  const log = { info: () => undefined, debug: () => undefined };
  return new Ledger([], { commit }, { mayWrite: () => true }, log);
}

describe('the ledger', () => {
  it('goes on asking for what is intended to be made durable, when that failed', async () => {
    let isAway = true;
    const ledger = ledgerOn(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
    ledger.absorb(plan);
    expect(ledger.isUrgent).toBe(true);
    await expect(ledger.commit(content, 'intents-written')).rejects.toThrow('away');
    expect([ledger.isUrgent, ledger.hasChanged]).toEqual([true, true]);
    isAway = false;
    await ledger.commit(content, 'intents-written');
    expect([ledger.isUrgent, ledger.hasChanged]).toEqual([false, false]);
  });

  it('lets nobody go on while it is being made durable on behalf of another', async () => {
    const answer = Promise.withResolvers<void>();
    const ledger = ledgerOn(() => answer.promise);
    ledger.setFirst(intent);
    const committing = ledger.commit(content, 'inventory-written');
    expect(ledger.isUrgent).toBe(true);
    answer.resolve();
    await committing;
    expect(ledger.isUrgent).toBe(false);
  });
});

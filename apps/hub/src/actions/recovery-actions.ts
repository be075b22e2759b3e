import { ChangeRepository, HubRepository } from '@muster/store';
import type { ActionOutcome } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { done } from './outcomes.ts';

/**
 * After the database was restored from a backup, agents hold newer generations than the hub knows, and rightly follow
 * none of its own. A raised epoch outranks them all.
 */
export async function recover(
  context: ActionContext,
  reason: string,
  by: string,
): Promise<ActionOutcome<number>> {
  const epoch = await context.sql.transaction(async (sql) => {
    const raised = await new HubRepository(sql).raiseEpoch();
    const message = `the epoch was raised to ${raised}${reason === '' ? '' : `: ${reason}`}`;
    await new ChangeRepository(sql).addEvents([{ by, kind: 'Recovered', message }]);
    return raised;
  });
  context.ports.changed(['clusters', 'status']);
  context.ports.wakePlanner();
  return done(Number(epoch));
}

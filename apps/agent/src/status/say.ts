import type { Skip } from '@muster/apply-plan';
import type { Unseen } from '../core/unseen.ts';
import type { Knowledge } from './assess.ts';
import type { StatusReason, SyncStatus } from './model.ts';

const notLookedAt: Unseen = { reason: 'NotObserved', message: 'it could not be looked at yet' };

/** What a status says of an object that the plan did nothing for. */
export function sayOf(
  skip: Skip,
  know: Knowledge,
): { readonly sync: SyncStatus; readonly reason: StatusReason; readonly message: string } {
  const other = skip.other ?? 'another';
  switch (skip.reason) {
    case 'owned-by-other':
      return { sync: 'OutOfSync', reason: 'OwnedByOther', message: `it belongs to ${other}` };
    case 'claimed-by-two-bundles':
      return {
        sync: 'OutOfSync',
        reason: 'ClaimedByTwo',
        message:
          other === skip.bundle
            ? 'its bundle has it twice in this cluster: only the first is applied'
            : `bundle ${other} has it as well`,
      };
    case 'paused':
      return { sync: 'OutOfSync', reason: 'Paused', message: 'paused: it is not written' };
    case 'terminating':
      return {
        sync: 'OutOfSync',
        reason: 'Terminating',
        message: skip.detail ?? 'it is being deleted; a finalizer may hold it',
      };
    case 'orphaned':
      return {
        sync: 'OutOfSync',
        reason: 'Orphaned',
        message: 'it left the bundle, which deletes nothing (prune: false)',
      };
    case 'unobserved':
      return {
        sync: 'Unknown',
        ...(know.observationProblem(skip.id) ?? notLookedAt),
      };
    case 'prune-held':
      return {
        sync: 'OutOfSync',
        reason: 'PruneHeld',
        message: `its deletion waits for bundle ${other}: ${skip.detail ?? ''}`,
      };
    case 'consent-needed':
      return {
        sync: 'OutOfSync',
        reason: 'PruneHeld',
        message: `its deletion needs consent: ${skip.detail ?? ''}`,
      };
    case 'waiting':
      return skip.deletion
        ? { sync: 'OutOfSync', reason: 'Pruning', message: `its deletion waits: ${skip.detail ?? ''}` }
        : { sync: 'OutOfSync', reason: 'Waiting', message: skip.detail ?? 'it waits for its turn' };
    case 'hook-running':
      return { sync: 'OutOfSync', reason: 'Waiting', message: skip.detail ?? 'the hook runs' };
    case 'hook-failed':
    case 'stopped':
      return { sync: 'OutOfSync', reason: 'HookFailed', message: skip.detail ?? 'a hook failed' };
    case 'hook-in-the-way':
      return {
        sync: 'OutOfSync',
        reason: 'OwnedByOther',
        message:
          'one that Muster did not make bears the name of this hook, which cannot run until that is gone',
      };
    case 'backing-off':
      return { sync: 'OutOfSync', reason: 'Pruning', message: 'its deletion is tried again later' };
    case 'drifted':
      return {
        sync: 'OutOfSync',
        reason: 'Drifted',
        message: know.record(skip.id)
          ? 'somebody put another object in its place; its bundle only reports that'
          : 'somebody deleted it; its bundle only reports that',
      };
    case 'unchanged':
    case 'hook-done':
    case 'ended':
      return { sync: 'Synced', reason: 'Applied', message: '' };
  }
}

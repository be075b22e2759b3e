import type { FleetActions } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { removeCluster, setLabels } from './cluster-actions.ts';
import { deleteWorkloads } from './delete-workloads.ts';
import { consentToDeletions } from './consent-actions.ts';
import { createJoinToken, revokeJoinToken } from './join-token-actions.ts';
import { pause, resume } from './pause-actions.ts';
import { recover } from './recovery-actions.ts';
import { sync } from './sync-actions.ts';

/** All actions, each stored durably and recorded with who asked before anything follows from it. */
export function createFleetActions(context: ActionContext): FleetActions {
  return {
    setLabels: (cluster, request, by) => setLabels(context, cluster, request, by),
    removeCluster: (cluster, workloads, by) =>
      workloads === 'delete' ? deleteWorkloads(context, cluster, by) : removeCluster(context, cluster, by),
    createJoinToken: (request, by) => createJoinToken(context, request, by),
    revokeJoinToken: (id, by) => revokeJoinToken(context, id, by),
    pause: (request, by) => pause(context, request, by),
    resume: (query, by) => resume(context, query, by),
    consentToDeletions: (request, by) => consentToDeletions(context, request, by),
    sync: (request) => sync(context, request),
    recover: (reason, by) => recover(context, reason, by),
  };
}

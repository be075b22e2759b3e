import type { DeletionConsentRequest } from '@muster/api';
import { ChangeRepository, PlanRepository, selectClusters } from '@muster/store';
import type { ActionOutcome } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { bothGiven, done, notFound, selected } from './outcomes.ts';

/**
 * Consents to the deletions of a bundle where it is, or lately was. It counts for the desired state that stands now:
 * should that change before, the consent lapses.
 */
export async function consentToDeletions(
  context: ActionContext,
  request: DeletionConsentRequest,
  by: string,
): Promise<ActionOutcome<readonly string[]>> {
  const refusal = bothGiven(request);
  if (refusal !== undefined) return refusal;
  const found = selected(
    await selectClusters(context.sql, { names: request.clusters, labelSelector: request.labelSelector }),
  );
  if (found.outcome !== 'clusters') return found;
  const { bundle } = request;
  const holders = (await new PlanRepository(context.sql).clustersWithBundles([bundle])).get(bundle);
  const names = found.clusters.filter((it) => holders?.has(it.id)).map((it) => it.name);
  if (names.length === 0) {
    const where = request.clusters ?? request.labelSelector;
    return notFound(
      `Bundle "${bundle}" is on ${where === undefined ? 'no cluster' : 'none of these clusters'}.`,
    );
  }
  const consented = await context.sql.transaction(async (sql) => {
    const changes = new ChangeRepository(sql);
    const message = `deletions of bundle ${bundle} may go on at ${names.join(', ')}`;
    await changes.addEvents([{ by, kind: 'DeletionsAllowed', bundle, message }]);
    return changes.consentByPerson(bundle, names, by);
  });
  context.ports.changed(['status']);
  context.ports.wakePlanner();
  return done(consented);
}

import type { SyncRequest, SyncResult } from '@muster/api';
import { RevisionRepository, selectClusters } from '@muster/store';
import type { ActionOutcome } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { bothGiven, done, notFound, selected } from './outcomes.ts';

/** Looks at the repo, then asks the agents of the clusters that are meant to check everything now. */
export async function sync(context: ActionContext, request: SyncRequest): Promise<ActionOutcome<SyncResult>> {
  const refusal = bothGiven(request);
  if (refusal !== undefined) return refusal;
  const found = selected(
    await selectClusters(context.sql, { names: request.clusters, labelSelector: request.labelSelector }),
  );
  if (found.outcome !== 'clusters') return found;
  const head = await context.ports.lookAtRepo();
  const revisions = new RevisionRepository(context.sql);
  const { bundle } = request;
  if (bundle !== undefined && !(await revisions.bundles()).some((it) => it.name === bundle)) {
    return notFound(`There is no bundle "${bundle}" at the newest good revision.`);
  }
  const joined = found.clusters.filter((it) => it.enrolled);
  const asked = new Set(
    await context.ports.requestSync(
      joined.map((it) => it.id),
      bundle,
    ),
  );
  const repo = await revisions.repo();
  return done({
    revision: head ?? (await revisions.newest())?.sha ?? null,
    asked: joined.filter((it) => asked.has(it.id)).map((it) => it.name),
    notConnected: joined.filter((it) => !asked.has(it.id)).map((it) => it.name),
    repoError: repo?.error ?? null,
  });
}

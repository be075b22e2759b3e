import type { Cluster } from '@muster/api';
import { ChangeRepository, ClusterRepository, PlanRepository } from '@muster/store';
import type { ActionOutcome, Refusal } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { conflict, done, notFound } from './outcomes.ts';

/**
 * Has everything deleted that the fleet runs on a cluster, which is removed once its agent says that nothing remains.
 * Asked for again: it goes on. Refused where nothing would come of it: of an agent that isn't there, or may not write.
 */
export async function deleteWorkloads(
  context: ActionContext,
  name: string,
  by: string,
): Promise<ActionOutcome<undefined>> {
  const cluster = await context.queries.cluster(name);
  if (cluster === undefined) return notFound(`There is no cluster "${name}".`);
  if (cluster.removal !== null) return done(undefined);
  const refusal = notThere(cluster) ?? (await pausedBy(context, cluster));
  if (refusal !== undefined) return refusal;
  const begun = await context.sql.transaction(async (sql) => {
    const removal = await new ClusterRepository(sql).beginRemoval(name, by);
    if (removal?.canTell) {
      const message = `the workloads of cluster ${name} are being deleted, after which it is removed`;
      await new ChangeRepository(sql).addEvents([
        { by, kind: 'ClusterRemovalBegun', cluster: name, message },
      ]);
    }
    return removal;
  });
  if (begun === undefined) return notFound(`There is no cluster "${name}".`);
  if (!begun.canTell) {
    return conflict(
      'workloads',
      `The agent of cluster ${name} is too old to say when nothing remains. Upgrade it first.`,
    );
  }
  context.ports.changed(['clusters', 'status']);
  context.ports.wakePlanner();
  return done(undefined);
}

function notThere(cluster: Cluster): Refusal | undefined {
  const { name, enrolledAt, connected, lastSeen } = cluster;
  if (enrolledAt === null)
    return conflict('name', `Cluster ${name} has not joined: there is nothing of it to delete.`);
  if (connected) return undefined;
  const since = lastSeen === null ? '' : ` since ${lastSeen}`;
  return conflict(
    'workloads',
    `Cluster ${name} has not been connected${since}: nothing can be deleted there. Connect it again, or remove it and keep its workloads.`,
  );
}

/** An agent that is paused deletes nothing: who asks for both is to say what counts. */
async function pausedBy(context: ActionContext, cluster: Cluster): Promise<Refusal | undefined> {
  if (cluster.paused !== null) {
    return conflict(
      'workloads',
      `Cluster ${cluster.name} is paused: nothing is deleted there. Resume it first.`,
    );
  }
  const pauses = await new PlanRepository(context.sql).pauses();
  const paused = pauses.filter((it) => it.scope === 'Bundle').map((it) => it.name);
  if (paused.length === 0) return undefined;
  const here = await new ClusterRepository(context.sql).bundlesOf(cluster.name, paused);
  return here.length === 0
    ? undefined
    : conflict(
        'workloads',
        `${here.length === 1 ? 'Bundle' : 'Bundles'} ${here.join(', ')} of cluster ${cluster.name} ${here.length === 1 ? 'is' : 'are'} paused: nothing of ${here.length === 1 ? 'it' : 'them'} is deleted. Resume first.`,
      );
}

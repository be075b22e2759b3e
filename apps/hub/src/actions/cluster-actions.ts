import type { Cluster } from '@muster/api';
import { ChangeRepository, ClusterRepository } from '@muster/store';
import type { ActionOutcome, FleetActions, Refusal } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { wrongKey, wrongLabel } from './label-rules.ts';
import { conflict, done, invalid, notFound } from './outcomes.ts';

type Labels = Cluster['labels'];
type LabelChange = Parameters<FleetActions['setLabels']>[1];

/** Changes the hub's register of labels, and has planned what follows: workloads come and go by labels. */
export async function setLabels(
  context: ActionContext,
  name: string,
  change: LabelChange,
  by: string,
): Promise<ActionOutcome<Labels>> {
  const cluster = await context.queries.cluster(name);
  if (cluster === undefined) return notFound(`There is no cluster "${name}".`);
  const refusal = wrongChange(change) ?? notTheRegisters(cluster, change);
  if (refusal !== undefined) return refusal;
  const changed = await context.sql.transaction(async (sql) => {
    const found = await new ClusterRepository(sql).setRegisterLabels(name, change.set, change.remove);
    if (found) {
      const set = Object.entries(change.set).map(([key, value]) => `${key}=${value}`);
      const message = `labels of cluster ${name}: ${[...set, ...change.remove.map((key) => `${key}-`)].join(' ')}`;
      await new ChangeRepository(sql).addEvents([{ by, kind: 'ClusterLabelled', cluster: name, message }]);
    }
    return found;
  });
  if (!changed) return notFound(`There is no cluster "${name}".`);
  context.ports.changed(['clusters', 'status']);
  context.ports.wakePlanner();
  return done((await context.queries.cluster(name))?.labels ?? {});
}

function wrongChange({ set, remove }: LabelChange): Refusal | undefined {
  if (Object.keys(set).length === 0 && remove.length === 0) {
    return invalid('set', 'Nothing is to be changed: give labels to set or to remove.');
  }
  const twice = remove.find((key) => Object.hasOwn(set, key));
  if (twice !== undefined) return invalid('remove', `"${twice}" is to be set and removed at once.`);
  return (
    wrongLabel('set', set) ?? remove.map((key) => wrongKey('remove', key)).find((it) => it !== undefined)
  );
}

/** What Git says can't be changed here; what came with the join token can be replaced, not taken away. */
function notTheRegisters(cluster: Cluster, { set, remove }: LabelChange): Refusal | undefined {
  const sourceOf = (key: string) =>
    Object.hasOwn(cluster.labelSources, key) ? cluster.labelSources[key] : undefined;
  const ofGit = [...Object.keys(set), ...remove].find((key) => sourceOf(key) === 'Git');
  if (ofGit !== undefined) {
    const place =
      cluster.definedIn === null ? 'there' : `in ${cluster.definedIn.file}:${cluster.definedIn.line}`;
    return conflict(ofGit, `Label "${ofGit}" of cluster ${cluster.name} comes from Git: change it ${place}.`);
  }
  const ofToken = remove.find((key) => sourceOf(key) === 'Token');
  return ofToken === undefined
    ? undefined
    : conflict(
        ofToken,
        `Label "${ofToken}" of cluster ${cluster.name} came with its join token: it can be set to another value, not removed.`,
      );
}

/** Takes a cluster out of the fleet. Its agent is told and stops; its workloads stay. */
export async function removeCluster(
  context: ActionContext,
  name: string,
  by: string,
): Promise<ActionOutcome<undefined>> {
  const id = await context.sql.transaction(async (sql) => {
    const removed = await new ClusterRepository(sql).remove(name);
    if (removed !== undefined) {
      const message = `cluster ${name} was removed; its workloads stay`;
      await new ChangeRepository(sql).addEvents([{ by, kind: 'ClusterRemoved', cluster: name, message }]);
    }
    return removed;
  });
  if (id === undefined) {
    const cluster = await context.queries.cluster(name);
    if (cluster === undefined) return notFound(`There is no cluster "${name}".`);
    const place = cluster.definedIn === null ? 'Git' : `${cluster.definedIn.file}:${cluster.definedIn.line}`;
    return conflict(
      'name',
      `Cluster ${name} has not joined; it is only declared in ${place}. Delete it there.`,
    );
  }
  context.ports.changed(['clusters', 'bundles', 'assignments', 'objects', 'status']);
  context.ports.tellRemoved(id);
  return done(undefined);
}

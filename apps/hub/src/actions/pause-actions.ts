import type { Pause, ResumeQuery } from '@muster/api';
import { ChangeRepository, type PauseRecord, selectClusters, type Sql } from '@muster/store';
import type { ActionOutcome, FleetActions, NotFound, Refusal } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { done, notFound, selected } from './outcomes.ts';

interface Scope {
  readonly outcome: 'scope';
  readonly scope: Pause['scope'];
  readonly names: readonly string[];
}

interface Covered {
  readonly all?: unknown;
  readonly bundle?: string | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly labelSelector?: string | undefined;
}

/** Stops all writes to what the request covers. Agents hear of it as soon as it is planned. */
export async function pause(
  context: ActionContext,
  request: Parameters<FleetActions['pause']>[0],
  by: string,
): Promise<ActionOutcome<readonly Pause[]>> {
  const covered = await scopeOf(context.sql, request);
  if (covered.outcome !== 'scope') return covered;
  if (covered.scope === 'Bundle' && !(await isBundleThere(context.sql, covered.names[0]!))) {
    return notFound(`There is no bundle "${covered.names[0]!}".`);
  }
  const pauses = await context.sql.transaction(async (sql) => {
    const changes = new ChangeRepository(sql);
    await changes.addEvents(events('Paused', covered, by, request.reason));
    return changes.pause(covered.scope, covered.names, request.reason, by);
  });
  replan(context);
  return done(pauses.map(toPause));
}

/** Lifts the pauses of exactly this scope: a bundle stays paused as long as everything is. */
export async function resume(
  context: ActionContext,
  query: ResumeQuery,
  by: string,
): Promise<ActionOutcome<readonly Pause[]>> {
  const { cluster, ...others } = query;
  const covered = await scopeOf(context.sql, {
    ...others,
    ...(cluster !== undefined && { clusters: [cluster].flat() }),
  });
  if (covered.outcome !== 'scope') return covered;
  const lifted = await context.sql.transaction(async (sql) => {
    const changes = new ChangeRepository(sql);
    const rows = await changes.resume(covered.scope, covered.names);
    await changes.addEvents(events('Resumed', { ...covered, names: rows.map((row) => row.name) }, by, ''));
    return rows;
  });
  if (lifted.length > 0) replan(context);
  return done(lifted.map(toPause));
}

function replan(context: ActionContext): void {
  context.ports.changed(['clusters', 'bundles', 'assignments', 'status']);
  context.ports.wakePlanner();
}

async function scopeOf(sql: Sql, covered: Covered): Promise<Scope | NotFound | Refusal> {
  if (covered.all !== undefined) return { outcome: 'scope', scope: 'All', names: [''] };
  if (covered.bundle !== undefined) return { outcome: 'scope', scope: 'Bundle', names: [covered.bundle] };
  const { clusters: names, labelSelector } = covered;
  const found = selected(await selectClusters(sql, { names, labelSelector }));
  if (found.outcome !== 'clusters') return found;
  return { outcome: 'scope', scope: 'Cluster', names: found.clusters.map((it) => it.name) };
}

/** Also one that has left Git, and not yet all clusters. */
async function isBundleThere(sql: Sql, name: string): Promise<boolean> {
  const row = await sql.first(
    `select 1 where exists (select 1 from bundles where name = $1) or exists (select 1 from assignments where bundle = $1)
     or exists (select 1 from assignment_statuses where bundle = $1)`,
    [name],
  );
  return row !== undefined;
}

function events(kind: 'Paused' | 'Resumed', { scope, names }: Scope, by: string, reason: string) {
  return names.map((name) => {
    const what = scope === 'All' ? 'everything' : `${scope.toLowerCase()} ${name}`;
    const message = `${kind.toLowerCase()} ${what}${reason === '' ? '' : `: ${reason}`}`;
    const about = { All: {}, Bundle: { bundle: name }, Cluster: { cluster: name } }[scope];
    return { by, kind, message, ...about };
  });
}

function toPause({ scope, name, reason, by, since }: PauseRecord): Pause {
  return { scope, name, reason, by, since: since.toISOString() };
}

import type { Assignment, Bundle, ChangeNotice, FleetStatus, Revision } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { changes } from '../hub-api/changes.ts';
import { HubUnreachable } from '../hub-api/client.ts';
import type { HubClient, Query } from '../hub-api/client.ts';
import { count, plain, printProblem, shortSha } from '../output/text.ts';
import { parseDuration } from './duration.ts';

export interface WaitOptions {
  readonly for: readonly string[];
  readonly timeout: string;
  readonly bundle?: string;
  readonly cluster?: string;
  readonly selector?: string;
}

type Condition =
  | { readonly kind: 'synced' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'revision'; readonly sha: string };

/** Fulfilled, or what is still missing; a `CliError` when it can't come about any more. */
type Progress = { readonly done: true } | { readonly done: false; readonly missing: string };

const DONE: Progress = { done: true };
const TOPICS: ChangeNotice['topics'] = ['assignments', 'bundles', 'revisions', 'status'];

/** `muster wait --for …`: until all conditions hold at once. */
export async function wait({ io, hub }: Context, options: WaitOptions): Promise<ExitCode> {
  const conditions = options.for.map(parseCondition);
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  const scope: Query = { bundle: options.bundle, cluster: options.cluster, labelSelector: options.selector };
  const timeout = AbortSignal.timeout(timeoutMs);
  let missing: string | undefined;
  for await (const _ of changes(hub, TOPICS, AbortSignal.any([io.signal, timeout]))) {
    // A hub that went away may come back in time; one that never answered is named wrongly, or isn't there.
    const progress = await lookAt(hub, conditions, scope).catch((error: unknown): Progress => {
      if (missing === undefined || !(error instanceof HubUnreachable)) throw error;
      return { done: false, missing: error.message };
    });
    if (progress.done) {
      if (io.stderrIsTty) io.stderr('\r\u001b[K');
      io.stdout(`${options.for.join(', ')}: condition met\n`);
      return EXIT_OK;
    }
    ({ missing } = progress);
    if (io.stderrIsTty) io.stderr(`\r\u001b[KWaiting: ${plain(missing)}`);
  }
  if (io.stderrIsTty) io.stderr('\n');
  if (io.signal.aborted) throw new CliError('interrupted', { exitCode: EXIT_NO });
  throw new CliError(`not within ${options.timeout}${missing === undefined ? '' : `: ${missing}`}`, {
    exitCode: EXIT_NO,
    hint: '`muster status` shows what is wrong; --timeout gives it longer.',
  });
}

function parseCondition(text: string): Condition {
  const [kind, value] = text.split('=', 2);
  if (kind === 'synced' && value === undefined) return { kind };
  if (kind === 'healthy' && value === undefined) return { kind };
  if (kind === 'revision' && value !== undefined && /^[0-9a-f]{7,64}$/.test(value))
    return { kind, sha: value };
  throw new CliError(`"${text}" is nothing to wait for`, {
    exitCode: EXIT_USAGE,
    hint: 'Write synced, healthy, or revision=COMMIT with at least 7 hex digits.',
  });
}

async function lookAt(hub: HubClient, conditions: readonly Condition[], scope: Query): Promise<Progress> {
  for (const condition of conditions) {
    const progress = await lookAtOne(hub, condition, scope);
    if (!progress.done) return progress;
  }
  const isNarrow = Object.values(scope).some((value) => value !== undefined);
  if (isNarrow) return somethingIs(hub, scope);
  return conditions.some((it) => it.kind === 'revision') ? DONE : somethingIsGood(hub);
}

/** Where nothing is assigned, everything is Synced: which is also what a mistyped name looks like. */
async function somethingIs(hub: HubClient, scope: Query): Promise<Progress> {
  const [any] = await hub.list<Assignment>('assignments', scope, 1);
  if (any !== undefined) return DONE;
  const given = Object.entries(scope).filter(([, value]) => value !== undefined);
  const names = given.map(([key, value]) => `${key} ${String(value)}`).join(', ');
  return { done: false, missing: `nothing is assigned to ${names}` };
}

/** A hub that has just begun has nothing that isn't Synced. */
async function somethingIsGood(hub: HubClient): Promise<Progress> {
  const { goodRevision } = await hub.get<FleetStatus>('status');
  return goodRevision === null ? { done: false, missing: 'there is no good revision yet' } : DONE;
}

async function lookAtOne(hub: HubClient, condition: Condition, scope: Query): Promise<Progress> {
  switch (condition.kind) {
    case 'synced':
      return noneIs(hub, { ...scope, sync: 'OutOfSync,Unknown' }, 'not Synced');
    case 'healthy': {
      const synced = await noneIs(hub, { ...scope, sync: 'OutOfSync,Unknown' }, 'not Synced');
      if (!synced.done) return synced;
      return noneIs(
        hub,
        { ...scope, health: 'Progressing,Degraded,Suspended,Missing,Unknown' },
        'not Healthy',
      );
    }
    case 'revision':
      return revisionArrived(hub, condition.sha, scope);
  }
}

async function noneIs(hub: HubClient, query: Query, what: string): Promise<Progress> {
  const LOOKED_AT = 100;
  const found = await hub.list<Assignment>('assignments', query, LOOKED_AT);
  const [first] = found;
  if (first === undefined) return DONE;
  const number =
    found.length === LOOKED_AT ? `${LOOKED_AT} assignments or more` : count(found.length, 'assignment');
  const why = first.message || first.reason;
  return {
    done: false,
    missing: `${number} ${what}, such as ${first.bundle} on ${first.cluster}${why && `: ${why}`}`,
  };
}

/** Taken in by the hub, rendered, and running wherever it goes. A revision that is Good and was followed by others has arrived too. */
async function revisionArrived(hub: HubClient, sha: string, scope: Query): Promise<Progress> {
  // The newest first: a commit that was left and came back is there once for each time.
  const found = await hub.list<Revision>('revisions', { sha }, 100);
  const [revision] = found;
  if (revision === undefined)
    return { done: false, missing: `the hub hasn't seen revision ${shortSha(sha)}` };
  if (found.some((it) => it.sha !== revision.sha)) {
    throw new CliError(`several revisions begin with ${sha}`, {
      exitCode: EXIT_USAGE,
      hint: 'Give more digits.',
    });
  }
  if (revision.state === 'Resolving')
    return { done: false, missing: `revision ${shortSha(sha)} is being resolved` };
  if (revision.state === 'Refused') {
    const problems = revision.problems.map((it) => `\n  ${printProblem(it)}`).join('');
    throw new CliError(`revision ${shortSha(sha)} is refused${problems}`, { exitCode: EXIT_NO });
  }
  const failing = await hub.list<Bundle>('bundles', { state: 'Failing', name: scope['bundle'] });
  if (failing.length > 0 && revision.newest) {
    const problems = failing.map((it) => {
      const [problem] = it.problems;
      return `\n  ${it.name}: ${problem === undefined ? 'it does not render' : printProblem(problem)}`;
    });
    throw new CliError(
      `${count(failing.length, 'bundle')} can't go to revision ${shortSha(sha)}${problems.join('')}`,
      {
        exitCode: EXIT_NO,
      },
    );
  }
  return noneIs(hub, { ...scope, sync: 'OutOfSync,Unknown' }, 'not Synced');
}

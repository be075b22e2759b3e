import type { HookPhase } from './placement.ts';

/** What the inventory keeps of a hook, so that it runs once for each manifest, wherever the agent crashes. */
export interface HookRecord {
  /** Digest of the manifest that the runs are of. */
  readonly manifest: string;
  readonly runs: readonly HookRun[];
}

/** One turn of a hook, durable as `started` before its object is made. */
export interface HookRun {
  readonly phase: HookPhase;
  readonly state: 'started' | 'succeeded' | 'failed';
  /** Milliseconds since the epoch, by the agent's clock. */
  readonly startedAt: number;
  /** Why it failed. */
  readonly message?: string;
  /** The last that a failed one wrote; '' when there is nothing to find. Absent until somebody looked. */
  readonly tail?: string;
}

export function runOf(
  record: HookRecord | undefined,
  manifest: string,
  phase: HookPhase,
): HookRun | undefined {
  return record?.manifest === manifest ? record.runs.find((run) => run.phase === phase) : undefined;
}

/** The record with this run in place of the one of its phase, and without those of other manifests. */
export function withRun(record: HookRecord | undefined, manifest: string, run: HookRun): HookRecord {
  const runs = record?.manifest === manifest ? record.runs : [];
  return { manifest, runs: [...runs.filter(({ phase }) => phase !== run.phase), run] };
}

export function hasFailed(record: HookRecord | undefined): boolean {
  return record?.runs.some((run) => run.state === 'failed') ?? false;
}

/** As if what failed, and what ran because of that, had not run: for a person who asks to try again. */
export function withoutFailures(record: HookRecord): HookRecord {
  return {
    ...record,
    runs: record.runs.filter((run) => run.state !== 'failed' && run.phase !== 'SyncFail'),
  };
}

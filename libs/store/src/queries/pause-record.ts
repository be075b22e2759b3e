import type { Pause } from '@muster/api';
import { timestamp } from './times.ts';

/** As `widestPause` makes it, or as a row. */
export interface PauseJson {
  readonly scope: Pause['scope'];
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly since: string | Date;
}

export function toPause(record: PauseJson): Pause {
  return {
    scope: record.scope,
    name: record.name,
    reason: record.reason,
    by: record.by,
    since: timestamp(record.since),
  };
}

import type { Io } from '../io.ts';

/** What is left out is said beside the answer, not in it. */
export function tellNotices(io: Io, notices: readonly string[]): void {
  for (const notice of notices) io.stderr(`Note: ${notice.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')}\n`);
}

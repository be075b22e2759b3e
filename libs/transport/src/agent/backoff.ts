const FIRST_MS = 500;
const FACTOR = 1.6;
const MAX_MS = 20_000;
/** No hub keeps its agents away for longer, whatever it says. */
const MAX_ASKED_MS = 600_000;

/**
 * How long to wait before the attempt after `failures` failed ones (0: the connection was lost just now). Half is
 * fixed, half random, so that a fleet that lost its hub at one moment doesn't come back at one.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(MAX_MS, FIRST_MS * FACTOR ** failures);
  return Math.round(full / 2 + (full / 2) * random);
}

/** What a Goodbye asks for: not before, plus a random part of the same. */
export function reconnectAfterMs(asked: number, random: number): number {
  const bounded = Math.min(asked, MAX_ASKED_MS);
  return Math.round(bounded + bounded * random);
}

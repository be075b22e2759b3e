/** A moment by both clocks, in ms. */
export interface Moment {
  /** Stands still while the machine is suspended, on Linux. */
  readonly monotonic: number;
  /** Goes on then, but may be set by anybody. */
  readonly wall: number;
}

export type Clock = () => Moment;

export const systemClock: Clock = () => ({ monotonic: performance.now(), wall: Date.now() });

/** Before any other. */
export const never: Moment = { monotonic: -Infinity, wall: -Infinity };

/** How much time has passed at most, by either clock: for what ends by itself. */
export function passedAtMost(since: Moment, now: Moment): number {
  return Math.max(now.monotonic - since.monotonic, now.wall - since.wall);
}

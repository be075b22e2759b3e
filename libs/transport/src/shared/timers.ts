/** Time as the transport sees it; specs pass their own. */
export interface Timers {
  /** ms since the epoch. */
  now(): number;
  /** Runs once, later; the result cancels. */
  after(ms: number, run: () => void): () => void;
  /** Runs again and again; the result cancels. */
  every(ms: number, run: () => void): () => void;
}

/** The real clock. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

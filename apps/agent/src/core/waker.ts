const firstTroubleMs = 1_000;
const maxTroubleMs = 60_000;
/** While nothing at all can be done, not even what is due. */
const maxFailedMs = 10_000;
const soonMs = 100;
/** What a timer takes at most: it would end at once with more. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Runs one round at a time, whoever asks for it: asking while one runs means one more after it. Holds all timers of
 * the reconciler.
 */
export class Waker {
  readonly #round: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #isRunning = false;
  #again = false;
  #stopped = false;
  #wakeTimer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;
  #troubleMs = 0;
  readonly #soonTimers = new Map<string, NodeJS.Timeout>();

  constructor(round: () => Promise<void>, onError: (error: unknown) => void) {
    this.#round = round;
    this.#onError = onError;
  }

  /** A round begins no later than in so many ms. */
  wake(inMs: number): void {
    this.wakeAt(Date.now() + inMs);
  }

  wakeAt(time: number): void {
    if (this.#stopped || time >= this.#wakesAt) return;
    clearTimeout(this.#wakeTimer);
    this.#wakesAt = time;
    const inMs = Math.min(maxTimerMs, Math.max(0, time - Date.now()));
    this.#wakeTimer = setTimeout(() => void this.#run(), inMs);
  }

  /** Something waits for what no event tells: look again, less and less often while it lasts. */
  trouble(lasts: boolean): void {
    this.#troubleMs = lasts ? Math.min(maxTroubleMs, this.#troubleMs * 2 || firstTroubleMs) : 0;
    if (lasts) this.wake(this.#troubleMs * (0.8 + 0.4 * Math.random()));
  }

  /** A round could not be done: all of it is due. */
  failed(): void {
    this.#troubleMs = Math.min(maxFailedMs, this.#troubleMs * 2 || firstTroubleMs);
    this.wake(this.#troubleMs * (0.8 + 0.4 * Math.random()));
  }

  /** Does a cheap thing, known by its name, once for many that ask for it shortly after each other. */
  soon(what: string, action: () => void): void {
    if (this.#stopped || this.#soonTimers.has(what)) return;
    const timer = setTimeout(() => {
      this.#soonTimers.delete(what);
      action();
    }, soonMs);
    this.#soonTimers.set(what, timer);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#wakeTimer);
    for (const timer of this.#soonTimers.values()) clearTimeout(timer);
  }

  async #run(): Promise<void> {
    this.#wakesAt = Infinity;
    if (this.#isRunning) {
      this.#again = true;
      return;
    }
    this.#isRunning = true;
    try {
      do {
        this.#again = false;
        await this.#round();
      } while (this.#again && !this.#stopped);
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isRunning = false;
    }
    // A wake that came while the failing round ran must not be lost.
    if (this.#again) this.wake(firstTroubleMs);
  }
}

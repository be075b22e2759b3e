import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const quietMs = 2_000;

/**
 * Gives memory back once work is done. V8 collects as allocation asks for it, so an agent that applied much and then
 * rests would hold its garbage for hours, in every cluster.
 */
export class MemoryKeeper {
  readonly #collect: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(collect: () => void = collector()) {
    this.#collect = collect;
  }

  /** Much was done: collect when nothing more was said to be done for a while. */
  workDone(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#collect(), quietMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return () => collect();
}

import type { Lease } from '../lease/lease.ts';
import type { Observer } from './observer.ts';
import type { Unseen } from './unseen.ts';

const lookMs = 1_000;
/** How old what is known of the cluster may be to be told as its status. */
const staleMs = 30_000;

/**
 * Whether the agent still sees its cluster. An API server that is away sends no event that says so: without this,
 * statuses would stay as good as they last were.
 */
export class Sight {
  readonly #lease: Pick<Lease, 'silentForMs'>;
  readonly #observer: Pick<Observer, 'blindKinds'>;
  readonly #timer: NodeJS.Timeout;
  #print = '';

  /** `onChange` hears when what is unseen became more or less. */
  constructor(
    lease: Pick<Lease, 'silentForMs'>,
    observer: Pick<Observer, 'blindKinds'>,
    onChange: () => void,
  ) {
    this.#lease = lease;
    this.#observer = observer;
    this.#timer = setInterval(() => {
      const print = JSON.stringify([this.isClusterAway(), [...this.blindKinds().keys()].sort()]);
      if (print === this.#print) return;
      const isFirst = this.#print === '';
      this.#print = print;
      if (!isFirst) onChange();
    }, lookMs).unref();
  }

  isClusterAway(): boolean {
    return this.#lease.silentForMs() >= staleMs;
  }

  blindKinds(): ReadonlyMap<string, Unseen> {
    return this.#observer.blindKinds(staleMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

import type { AgentLink, DesiredStateBytes, Timers } from '@muster/transport';
import { versionText } from '@muster/transport';
import type { AgentCore } from '../hub-port.ts';
import type { LinkLog } from './options.ts';
import { decodeDesiredState } from './wire.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** Hands announced states to the core; the newest again and again while surroundings let it fail. */
export class Offers {
  readonly #core: AgentCore;
  readonly #link: () => AgentLink;
  readonly #fleet: () => string;
  readonly #timers: Timers;
  readonly #log: LinkLog;
  #newest: DesiredStateBytes | undefined;
  #isFirst = true;
  #cancelRetry: () => void = () => undefined;

  constructor(options: {
    readonly core: AgentCore;
    readonly link: () => AgentLink;
    readonly fleet: () => string;
    readonly timers: Timers;
    readonly log: LinkLog;
  }) {
    this.#core = options.core;
    this.#link = options.link;
    this.#fleet = options.fleet;
    this.#timers = options.timers;
    this.#log = options.log;
  }

  announce(announced: DesiredStateBytes): void {
    this.stop();
    this.#newest = announced;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    void this.#offer(announced, isFirst, 0);
  }

  /** Whatever was announced before, another session may have missed what came then. */
  sessionBegan(): void {
    this.#isFirst = true;
  }

  stop(): void {
    this.#newest = undefined;
    this.#cancelRetry();
  }

  async #offer(announced: DesiredStateBytes, isFirst: boolean, failures: number): Promise<void> {
    const version = versionText(announced.version);
    const state = decodeDesiredState(announced.bytes);
    if (state === undefined) {
      this.#refuse(announced, ['it is not readable']);
      return;
    }
    const result = await this.#core.offer({
      state,
      bytes: announced.bytes,
      digest: announced.digest,
      fleet: this.#fleet(),
      isFirst,
      fetch: (digests, signal) => this.#link().fetch(digests, { signal }),
    });
    switch (result.outcome) {
      case 'held':
        this.#link().report({
          assignments: [],
          applied: this.#core.held()?.version,
          emptied: this.#core.emptied(),
        });
        return;
      case 'older':
      case 'superseded':
        return;
      case 'invalid':
        this.#refuse(announced, result.problems);
        return;
      case 'failed':
        this.#log.warn(
          { version, problem: result.problem },
          'the announced desired state could not be taken on yet',
        );
        this.#retry(announced, isFirst, failures);
    }
  }

  /** Nothing here can mend it: the hub is told, and what was held before goes on. */
  #refuse({ version }: DesiredStateBytes, problems: readonly string[]): void {
    this.#log.warn({ version: versionText(version), problems }, 'the announced desired state is refused');
    this.#link().report({ assignments: [], refused: { version, message: problems.join('; ') } });
  }

  #retry(announced: DesiredStateBytes, isFirst: boolean, failures: number): void {
    if (this.#newest !== announced) return;
    const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    this.#cancelRetry = this.#timers.after(delay, () => void this.#offer(announced, isFirst, failures + 1));
  }
}

import type { ChangeNotice } from '@muster/api';
import type { HubClient } from './client.ts';

/** Without a word from the hub, whoever watches looks by itself, so that a lost event costs no more than this. */
const LOOK_AGAIN_MS = 10_000;

const RECONNECT_MS = 1_000;

/** Changes that come close together are looked at together. */
const GATHER_MS = 100;

/**
 * Yields whenever it is worth reading the given topics again, for ever: once at first, then after changes, and now
 * and then anyway. A stream that breaks is opened again. Ends when `signal` aborts.
 */
export async function* changes(
  hub: HubClient,
  topics: readonly ChangeNotice['topics'][number][],
  signal: AbortSignal,
): AsyncGenerator<void> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const bell = new Bell();
  either.addEventListener('abort', () => bell.ring());
  void follow(hub, topics, either, bell);
  try {
    while (!either.aborted) {
      yield;
      await Promise.race([bell.rung(), pause(LOOK_AGAIN_MS, either)]);
      await pause(GATHER_MS, either);
      bell.reset();
    }
  } finally {
    ended.abort();
  }
}

async function follow(
  hub: HubClient,
  topics: readonly string[],
  signal: AbortSignal,
  bell: Bell,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const decoder = new TextDecoder();
      let text = '';
      const events = await hub.events(signal);
      // What changed before the stream was open was told to nobody.
      bell.ring();
      for await (const part of events) {
        const lines = (text + decoder.decode(part, { stream: true })).split(/\r?\n/);
        text = lines.pop()!;
        if (lines.some((line) => concerns(line, topics))) bell.ring();
      }
    } catch {
      // Whatever it was, reading again says it better: that goes to the user, this only wakes.
    }
    await pause(RECONNECT_MS, signal);
  }
}

/** A `data:` line of a `ChangeNotice` that names one of the topics. */
function concerns(line: string, topics: readonly string[]): boolean {
  if (!line.startsWith('data:')) return false;
  try {
    const notice = JSON.parse(line.slice('data:'.length)) as Partial<ChangeNotice>;
    return Array.isArray(notice.topics) && notice.topics.some((topic) => topics.includes(topic));
  } catch {
    return false;
  }
}

/** Rung any number of times, heard once. */
class Bell {
  #ring: () => void = () => undefined;
  #rung: Promise<void> = Promise.resolve();

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#rung = new Promise((resolve) => (this.#ring = resolve));
  }

  ring(): void {
    this.#ring();
  }

  rung(): Promise<void> {
    return this.#rung;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

import type { ServerResponse } from 'node:http';
import type { ChangeNotice } from '@muster/api';
import type { Topic } from './api-context.ts';
import type { ChangeFeed } from './change-feed.ts';

/** A burst of changes makes one event. */
const GATHER_MS = 100;
/** A comment so often keeps proxies from closing the line, and finds out that nobody is there. */
const KEEP_ALIVE_MS = 15_000;

/**
 * One client's server-sent events. What changes while the client doesn't read is gathered, so that a slow one costs
 * nothing and misses nothing.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #pending = new Set<Topic>();
  readonly #keepAlive: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #full = false;

  constructor(response: ServerResponse, feed: ChangeFeed, onEnd: () => void) {
    this.#response = response;
    this.#stopListening = feed.listen((topics) => this.#changed(topics));
    this.#keepAlive = setInterval(() => this.#keepOpen(), KEEP_ALIVE_MS).unref();
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.on('drain', () => {
      this.#full = false;
      this.#flush();
    });
    response.on('error', () => undefined);
    response.once('close', () => {
      this.#stop();
      onEnd();
    });
    // Whoever connects has seen nothing of what came before: a first event makes it read.
    this.#write('retry: 1000\n\n');
    this.#changed(['clusters', 'bundles', 'revisions', 'assignments', 'objects', 'status']);
  }

  end(): void {
    this.#stop();
    this.#response.end();
  }

  #stop(): void {
    this.#stopListening();
    clearInterval(this.#keepAlive);
    clearTimeout(this.#timer);
  }

  #changed(topics: readonly Topic[]): void {
    for (const topic of topics) this.#pending.add(topic);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER_MS).unref();
  }

  #flush(): void {
    if (this.#full || this.#pending.size === 0) return;
    const notice: ChangeNotice = { topics: [...this.#pending] };
    this.#pending.clear();
    this.#write(`event: changed\ndata: ${JSON.stringify(notice)}\n\n`);
  }

  #keepOpen(): void {
    if (!this.#full) this.#write(': still here\n\n');
  }

  #write(text: string): void {
    this.#full = !this.#response.write(text);
  }
}

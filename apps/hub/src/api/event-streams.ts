import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { ChangeWatch } from './change-watch.ts';
import { EventStream } from './event-stream.ts';
import { Problem } from './problem.ts';

const LOOK_MS = 1_000;
const MAX_STREAMS = 1_000;

/** All open event streams of this replica. */
@Injectable()
export class EventStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #context: ApiContext;
  readonly #watch: ChangeWatch;
  readonly #streams = new Set<EventStream>();
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#context = context;
    this.#watch = new ChangeWatch({ ...context, feed: context.changes });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#watch.look(), LOOK_MS).unref();
  }

  /** Called before the server closes, which waits for all open answers. */
  beforeApplicationShutdown(): void {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const stream of this.#streams) stream.end();
  }

  assertRoom(): void {
    if (this.#closing) throw new Problem(503, 'The hub is stopping. Try again.');
    if (this.#streams.size >= MAX_STREAMS) {
      throw new Problem(503, `The hub has its ${MAX_STREAMS} event streams open. Try again later.`);
    }
  }

  open(response: ServerResponse): void {
    const stream: EventStream = new EventStream(response, this.#context.changes, () =>
      this.#streams.delete(stream),
    );
    this.#streams.add(stream);
  }
}

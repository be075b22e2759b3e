import type { Page, ProblemDetails } from '@muster/api';
import { CliError, EXIT_NO, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Connection } from './connection.ts';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Nobody answers at the hub's address: at once, or not in time. Whoever waits for something may try again. */
export class HubUnreachable extends CliError {}

/** A page is at most this long; a list asks for as many pages as it takes. */
const PAGE_SIZE = 500;

/** How long a hub may take for an answer; `sync` waits for a look at the repo. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * The hub's HTTP API. Rejects with a `CliError` for everything that goes wrong, so that a command needn't look.
 * Answers are taken as the types say: a newer hub may add fields, which `-o json` then shows.
 */
export class HubClient {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  get url(): string {
    return this.#connection.url;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#send('GET', path, { query })).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.#send('POST', path, { body })).json() as Promise<T>;
  }

  async delete<T>(path: string, query: Query = {}): Promise<T | undefined> {
    const answer = await this.#send('DELETE', path, { query });
    return answer.status === 204 ? undefined : ((await answer.json()) as T);
  }

  /** All items of a list, or the first `limit`. */
  async list<T>(path: string, query: Query = {}, limit = Infinity): Promise<T[]> {
    const items: T[] = [];
    let page: string | undefined;
    do {
      const size = String(Math.min(PAGE_SIZE, limit - items.length));
      const answer: Page<T> = await this.get(path, { ...query, limit: size, page });
      items.push(...answer.items);
      page = answer.nextPage;
    } while (page !== undefined && items.length < limit);
    return items;
  }

  /** The hub's server-sent events; the caller ends it with its own signal. */
  async events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#send('GET', 'events/stream', { accept: 'text/event-stream', signal });
    if (answer.body === null)
      throw new CliError(`the hub at ${this.url} streams no events`, { exitCode: EXIT_NO });
    return answer.body;
  }

  /** The lines of an answer that may have no end, as they come. Ends on Ctrl-C. */
  async *lines(path: string, query: Query = {}): AsyncGenerator<string, void> {
    const answer = await this.#send('GET', path, {
      query,
      accept: 'application/x-ndjson',
      signal: this.#signal,
    });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const part of this.#parts(answer)) {
      const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
      rest = lines.pop()!;
      // Empty ones only keep the line open.
      yield* lines.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  }

  async *#parts(answer: Response): AsyncGenerator<Uint8Array, void> {
    if (answer.body === null) return;
    try {
      yield* answer.body;
    } catch (cause) {
      if (this.#signal.aborted) throw cause;
      throw new HubUnreachable(`the hub at ${this.url} broke off its answer`, { exitCode: EXIT_NO, cause });
    }
  }

  async #send(
    method: string,
    path: string,
    options: { query?: Query; body?: unknown; accept?: string; signal?: AbortSignal },
  ): Promise<Response> {
    const url = new URL(`${this.url}/api/v1/${path}`);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      for (const one of typeof value === 'string' ? [value] : (value ?? []))
        url.searchParams.append(name, one);
    }
    const hasBody = options.body !== undefined;
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.#connection.token}`,
          accept: options.accept ?? 'application/json',
          ...(hasBody && { 'content-type': 'application/json' }),
        },
        ...(hasBody && { body: JSON.stringify(options.body) }),
        signal: options.signal ?? AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
    } catch (cause) {
      if (this.#signal.aborted || options.signal?.aborted) throw cause;
      throw this.#unreachable(cause);
    }
    if (!answer.ok) throw await this.#refused(answer);
    return answer;
  }

  #unreachable(cause: unknown): HubUnreachable {
    const reason = causeOf(cause);
    return new HubUnreachable(
      `no hub answers at ${this.url} (from ${this.#connection.source})${reason && `: ${reason}`}`,
      {
        exitCode: EXIT_USAGE,
        hint: 'Start one with `muster hub`, or name another with `muster login URL --token TOKEN`.',
        cause,
      },
    );
  }

  async #refused(answer: Response): Promise<CliError> {
    const problem = await problemOf(answer);
    if (answer.status === 401) {
      return new CliError(
        `the hub at ${this.url} doesn't take this token (from ${this.#connection.source})`,
        {
          exitCode: EXIT_USAGE,
          hint: `Log in again with \`muster login ${this.url} --token TOKEN\`.`,
        },
      );
    }
    if (problem === undefined) {
      return new CliError(
        `what answers at ${this.url} is no hub of Muster: it says ${answer.status} ${answer.statusText}`,
        {
          exitCode: EXIT_USAGE,
          hint: 'Check the URL.',
        },
      );
    }
    const summary = problem.detail ?? problem.title;
    const fields = (problem.errors ?? [])
      .filter(({ message }) => !summary.includes(message))
      .map(({ field, message }) => `\n  ${field}: ${message}`);
    return new CliError(summary + fields.join(''), {
      exitCode: exitCodeOf(answer.status),
    });
  }
}

function exitCodeOf(status: number): ExitCode {
  return [400, 403, 405, 422, 503].includes(status) ? EXIT_USAGE : EXIT_NO;
}

async function problemOf(answer: Response): Promise<ProblemDetails | undefined> {
  if (!/\bapplication\/(problem\+)?json\b/.test(answer.headers.get('content-type') ?? '')) return undefined;
  const body: unknown = await answer.json().catch(() => undefined);
  const isProblem =
    typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string';
  return isProblem ? (body as ProblemDetails) : undefined;
}

/** `fetch` says only that it failed; why is in the cause. */
function causeOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return error instanceof Error ? error.message : '';
  return 'code' in cause && cause.code === 'ECONNREFUSED' ? 'connection refused' : cause.message;
}

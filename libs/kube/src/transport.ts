import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { errorOfAnswer, headerOf } from './api-status.ts';
import type { KubeConfig } from './config.ts';
import { credentialsOf } from './credentials.ts';
import { connectionPool } from './dispatchers.ts';
import { KubeNetworkError } from './errors.ts';
import { asError, exchange, type Answer, type ExchangeRequest } from './exchange.ts';
import { parseRetryAfter, retryDelay } from './retry.ts';

export interface TransportOptions {
  /** Connections for everything but watches. */
  readonly connections: number;
  /** How long the API server may stay silent during a request, in ms. Admission webhooks may take 30 s. */
  readonly timeoutMs: number;
  /** The largest answer that is read, in bytes. */
  readonly maxBytes: number;
  readonly userAgent: string;
  readonly random: () => number;
  readonly now: () => number;
}

export interface TransportRequest {
  readonly method: ExchangeRequest['method'];
  /** With its query, below the server's own path. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: Uint8Array | string;
  /** Whether it may safely happen twice. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal;
}

/** What all requests to one API server share, whoever they are made as. */
interface Connections {
  readonly origin: string;
  /** The server's own path. */
  readonly prefix: string;
  readonly pool: Dispatcher;
  /** Watches hold a connection each for minutes: in the pool they would starve the applies. */
  readonly watches: Dispatcher;
  readonly credentials: ReturnType<typeof credentialsOf>;
}

/** Requests with credentials, retries and errors; knows HTTP and nothing of what the API means. */
export class Transport {
  readonly options: TransportOptions;
  readonly #shared: Connections;
  /** Beyond those that every request has. */
  readonly #headers: readonly string[];

  private constructor(shared: Connections, options: TransportOptions, headers: readonly string[]) {
    this.#shared = shared;
    this.options = options;
    this.#headers = headers;
  }

  static to(config: KubeConfig, options: TransportOptions): Transport {
    const url = new URL(config.server);
    const shared = {
      origin: url.origin,
      prefix: url.pathname.replace(/\/+$/, ''),
      pool: connectionPool(config, options.connections),
      watches: connectionPool(config, null),
      credentials: credentialsOf(config, options.now),
    };
    return new Transport(shared, options, []);
  }

  /** The same connections and credentials, and these headers on every request. */
  withHeaders(headers: readonly string[]): Transport {
    return new Transport(this.#shared, this.options, [...this.#headers, ...headers]);
  }

  /** The answer, whatever its status; retried as `retry.ts` says, and once with a fresh credential after a 401. */
  async send(request: TransportRequest): Promise<Answer> {
    let renewed = !this.#shared.credentials.renewable;
    for (let attempt = 0; ;) {
      const headers = this.#headersOf(request, await this.#authorization(false));
      const outcome = await this.#attempt(request, headers);
      if ('error' in outcome) {
        const wait = this.#retryDelay({ kind: 'network', code: outcome.error.code }, attempt, request);
        if (wait === undefined) throw outcome.error;
        attempt += 1;
        continue;
      }
      const { answer } = outcome;
      if (answer.status < 400) return answer;
      if (answer.status === 401 && !renewed) {
        renewed = true;
        await this.#authorization(true);
        continue;
      }
      const retryAfterMs = parseRetryAfter(headerOf(answer, 'retry-after'), this.options.now());
      const wait = this.#retryDelay(
        { kind: 'answer', status: answer.status, retryAfterMs },
        attempt,
        request,
      );
      if (wait === undefined) return answer;
      attempt += 1;
      await this.#wait(wait, request.signal);
    }
  }

  /** Like `send`, but rejects with `KubeApiError` for an answer that isn't 2xx. */
  async text(request: TransportRequest): Promise<string> {
    const answer = await this.send(request);
    if (answer.status < 200 || answer.status > 299) {
      throw errorOfAnswer(answer, request.method, request.path, this.options.now());
    }
    return answer.body.toString('utf8');
  }

  /** Like `text`, and reads the body as JSON. */
  async json<T>(request: TransportRequest): Promise<T> {
    const text = await this.text(request);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new KubeNetworkError(
        `${request.method} ${request.path}: the answer is no JSON`,
        'MUSTER_NOT_JSON',
        cause,
      );
    }
  }

  /**
   * A body that arrives for as long as the server sends it; rejects with `KubeApiError` for an answer that isn't 200.
   * `silenceMs`: how long nothing may arrive before the connection counts as dead.
   */
  async stream(
    path: string,
    accept: string,
    silenceMs: number,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Buffer>> {
    for (let renewed = !this.#shared.credentials.renewable; ; renewed = true) {
      const answer = await this.#shared.watches.request({
        origin: this.#shared.origin,
        path: this.#shared.prefix + path,
        method: 'GET',
        headers: this.#headersOf(
          { method: 'GET', path, accept, repeatable: true },
          await this.#authorization(false),
        ),
        headersTimeout: this.options.timeoutMs,
        bodyTimeout: silenceMs,
        signal,
      });
      if (answer.statusCode === 200) return answer.body as AsyncIterable<Buffer>;
      const body = Buffer.from(await answer.body.arrayBuffer());
      if (answer.statusCode === 401 && !renewed) {
        await this.#authorization(true);
        continue;
      }
      throw errorOfAnswer(
        { status: answer.statusCode, headers: answer.headers, body },
        'GET',
        path,
        this.options.now(),
      );
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#shared.pool.destroy(), this.#shared.watches.destroy()]);
  }

  async #attempt(
    request: TransportRequest,
    headers: readonly string[],
  ): Promise<{ readonly answer: Answer } | { readonly error: KubeNetworkError }> {
    try {
      const answer = await exchange(this.#shared.pool, {
        method: request.method,
        origin: this.#shared.origin,
        path: this.#shared.prefix + request.path,
        headers,
        timeoutMs: this.options.timeoutMs,
        maxBytes: this.options.maxBytes,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return { answer };
    } catch (error) {
      if (error instanceof KubeNetworkError) return { error };
      throw error;
    }
  }

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // The timer's own AbortError says nothing of why.
      throw asError(signal?.reason ?? error);
    }
  }

  #retryDelay(
    failed: Parameters<typeof retryDelay>[0],
    attempt: number,
    request: TransportRequest,
  ): number | undefined {
    return retryDelay(failed, attempt, request.repeatable, this.options.random);
  }

  #authorization(fresh: boolean): string | undefined | Promise<string | undefined> {
    const known = fresh ? undefined : this.#shared.credentials.current();
    return known === undefined ? this.#shared.credentials.fetch(fresh) : known.value;
  }

  #headersOf(request: TransportRequest, authorization: string | undefined): string[] {
    const headers = [
      'accept',
      request.accept ?? 'application/json',
      'user-agent',
      this.options.userAgent,
      ...this.#headers,
    ];
    if (request.contentType !== undefined) headers.push('content-type', request.contentType);
    if (authorization !== undefined) headers.push('authorization', authorization);
    return headers;
  }
}

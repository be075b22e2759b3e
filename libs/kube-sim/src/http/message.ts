import type { JsonObject } from '../json/value.ts';

/** A request, free of the library that read it. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query; still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Where a stream of answers goes. */
export interface ResponseSink {
  write(chunk: string): void;
  end(): void;
  /** Cuts the connection in the middle of what was being said. */
  abort(): void;
}

export type ApiResponse =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'stream';
      readonly headers: Readonly<Record<string, string>>;
      /** Begins to write; the returned function is to be called when the client has gone. */
      readonly start: (sink: ResponseSink) => () => void;
    };

export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse => ({
  kind: 'whole',
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers },
  body: `${JSON.stringify(body)}\n`,
});

export const objectResponse = (
  status: number,
  object: JsonObject,
  warnings: readonly string[] = [],
): ApiResponse =>
  jsonResponse(
    status,
    object,
    warnings.length === 0
      ? {}
      : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') },
  );

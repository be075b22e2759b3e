import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { ProblemDetails } from '@muster/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_CONTEXT, type ApiContext, type ApiLog } from './api-context.ts';
import { Problem, problemDetails } from './problem.ts';

/** Makes every failure of the HTTP server an `application/problem+json`, also of paths that there aren't. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: ApiLog;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#log = context.log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error, request) ?? this.#unexpected(error, request);
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="muster"');
    if (problem.status === 503) void reply.header('retry-after', '2');
    void reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem));
  }

  /** The client learns an id, the log under that id what happened. */
  #unexpected(error: unknown, request: FastifyRequest): ProblemDetails {
    const id = randomUUID();
    this.#log.error({ err: error, id, method: request.method, url: pathOf(request) }, 'A request failed.');
    return {
      ...problemDetails(500, `Something went wrong in the hub. Its log has more, under ${id}.`),
      instance: `urn:uuid:${id}`,
    };
  }
}

/** `undefined` for what nobody expected. */
export function toProblem(error: unknown, request: FastifyRequest): ProblemDetails | undefined {
  if (error instanceof Problem) return problemDetails(error.status, error.detail, error.errors);
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 404) return noSuchPath(request);
    return status < 500 ? ofStatus(status, error.message) : undefined;
  }
  if (isUnavailable(error)) {
    return problemDetails(503, "The hub's database can't be reached at the moment. Try again.");
  }
  if (codeOf(error) === '53100') return problemDetails(507, "The disk of the hub's database is full.");
  if (isUnstorable(error)) {
    return problemDetails(400, 'A value has the character U+0000, which nothing here has.');
  }
  return ofServer(error);
}

function noSuchPath(request: FastifyRequest): ProblemDetails {
  const path = pathOf(request).slice(0, 256);
  return problemDetails(
    404,
    `There is no ${request.method} ${path}. GET /api/v1/openapi.json lists what there is.`,
  );
}

/** What Fastify refuses before anyone else sees it: its errors carry a status. */
function ofServer(error: unknown): ProblemDetails | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') {
    return undefined;
  }
  if (error.statusCode < 400 || error.statusCode >= 500) return undefined;
  return ofStatus(error.statusCode, error.message);
}

function ofStatus(status: number, message: string): ProblemDetails {
  switch (status) {
    case 413:
      return problemDetails(413, 'The body is larger than 1 MiB.');
    case 415:
      return problemDetails(415, 'The body must be JSON, with "content-type: application/json".');
    default:
      return problemDetails(status, `The request can't be read: ${message}`);
  }
}

const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  // The socket of a database on this machine; any other file that is missing is something else.
  if (error.code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect';
  return unavailableCodes.has(error.code) || error.code.startsWith('08');
}

const unstorableCodes = new Set(['22021', '22P05']);

/** PostgreSQL has no NUL in its texts, and no schema of ours asks for one. */
function isUnstorable(error: unknown): boolean {
  return unstorableCodes.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!;
}

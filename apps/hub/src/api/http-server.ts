import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { tagReads } from './etag.ts';
import { problemDetails } from './problem.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** For `NestFactory.create`. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // Connections that idle, or that never finish a request, are not worth waiting for.
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: refuseUrl,
  });
}

/** What Fastify refuses before there is a route, and so a filter: a URL that can't be decoded. */
function refuseUrl(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemDetails(error.statusCode ?? 400, `The request can't be read: ${error.message}`);
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problem));
}

/** To be called once before `listen` or `init`: what every answer of the server gets. */
export function installHttpHooks(app: NestFastifyApplication): void {
  const { metrics } = app.get<symbol, ApiContext>(API_CONTEXT);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', tagReads);
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    metrics.httpSeconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
  });
}

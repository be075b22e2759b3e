import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { tagReads } from './etag.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** For `NestFactory.create`. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // Connections that idle, or that never finish a request, are not worth waiting for.
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 512 },
  });
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

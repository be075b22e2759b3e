import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem, problemDetails } from '../api/problem.ts';
import { Webhooks } from './webhooks.ts';

/**
 * `POST /api/v1/webhooks/git`, beside Nest's routes because theirs get their bodies parsed: here nothing is, and
 * nothing is kept, before its sender is known. To be called before `listen`.
 */
export function mountWebhooks(app: NestFastifyApplication): void {
  const webhooks = app.get(Webhooks);
  const fastify = app.getHttpAdapter().getInstance();
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post('/api/v1/webhooks/git', async (request, reply) => {
      const body = (request.body ?? []) as AsyncIterable<Uint8Array> | [];
      try {
        await webhooks.receive({ headers: request.headers, body }, request.ip);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return (
          reply
            .code(error.status)
            .header('content-type', 'application/problem+json')
            // What was not read of the body is not waited for.
            .header('connection', 'close')
            .send(JSON.stringify(problemDetails(error.status, error.detail)))
        );
      }
      return reply.code(202).send({ status: 'looking' });
    });
  });
}

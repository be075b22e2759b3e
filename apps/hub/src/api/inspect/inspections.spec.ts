import { PassThrough } from 'node:stream';
import type { FleetQueries } from '@muster/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import type { ApiContext } from '../api-context.ts';
import { Inspections } from './inspections.ts';

it('no agent is asked for a client that left before its token was looked at', async () => {
  const asked: AbortSignal[] = [];
  const session = {
    hello: { agentVersion: '1' },
    request: (_: unknown, { signal }: { signal: AbortSignal }) => {
      asked.push(signal);
      return (async function* (): AsyncGenerator<Uint8Array> {
        signal.throwIfAborted();
        await new Promise(() => undefined);
        yield Buffer.alloc(0);
      })();
    },
  };
  const context = {
    sql: { query: async () => [{ id: 'eu-1', name: 'eu-1' }] },
    locate: async () => ({ where: 'here', session }),
  } as unknown as ApiContext;
  const queries = { assignment: async () => ({}) } as unknown as FleetQueries;
  const raw = new PassThrough();
  raw.destroy();
  await new Promise((resolve) => raw.once('close', resolve));
  await new Inspections(context, queries).ask(
    { cluster: 'eu-1', bundle: 'shop', request: { $case: 'inspectTree', value: { bundle: 'shop' } } },
    { request: { headers: {} } as FastifyRequest, reply: { raw } as unknown as FastifyReply },
    Infinity,
    async (parts) => {
      for await (const _ of parts);
    },
  );
  expect(asked.every((signal) => signal.aborted)).toBe(true);
});

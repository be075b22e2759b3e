import { PassThrough } from 'node:stream';
import type { InspectPart } from '@muster/contracts';
import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { streamLog } from './log-stream.ts';

const line = (text: string): InspectPart => ({
  part: { $case: 'line', value: { source: { namespace: 'shop', pod: 'web', container: 'web' }, text } },
});

/** What `streamLog` uses of a reply; a client that doesn't read stops it after a few bytes. */
function replyTo(client: PassThrough): Pick<FastifyReply, 'hijack' | 'raw'> {
  const raw = Object.assign(client, { writeHead: () => raw });
  return { hijack: () => undefined, raw } as unknown as Pick<FastifyReply, 'hijack' | 'raw'>;
}

describe('a log that is sent as it comes', () => {
  it('asks nothing more of the agent when a client goes away that did not read', async () => {
    const ended = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<readonly InspectPart[]> {
      try {
        for (;;) yield [line('x'.repeat(1_000))];
      } finally {
        ended.resolve();
      }
    }
    const client = new PassThrough({ highWaterMark: 100 });
    const gone = new AbortController();
    const streamed = streamLog(replyTo(client), endless(), (error) => error, gone.signal);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(client.writableNeedDrain).toBe(true);
    client.destroy();
    gone.abort();
    await streamed;
    await ended.promise;
  });

  it('says that the hub stops, because an end would look like that of the container', async () => {
    const stopping = new AbortController();
    async function* quiet(): AsyncGenerator<readonly InspectPart[]> {
      yield [line('one')];
      await new Promise<void>((resolve) =>
        stopping.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      stopping.signal.throwIfAborted();
    }
    const client = new PassThrough();
    const streamed = streamLog(replyTo(client), quiet(), (error) => error, stopping.signal);
    await new Promise<void>((resolve) => setImmediate(resolve));
    stopping.abort();
    await streamed;
    expect(String(client.read())).toContain('{"type":"error","message":"The hub is stopping. Ask again."}\n');
  });

  it('ends with what went wrong', async () => {
    async function* broken(): AsyncGenerator<readonly InspectPart[]> {
      yield [line('one')];
      throw new Error('password=hunter2');
    }
    const client = new PassThrough();
    await streamLog(replyTo(client), broken(), (error) => error, new AbortController().signal);
    const entries = String(client.read()).trim().split('\n');
    expect(entries.map((entry) => JSON.parse(entry) as unknown)).toEqual([
      { type: 'line', namespace: 'shop', pod: 'web', container: 'web', text: 'one' },
      { type: 'error', message: 'The log could not be read on.' },
    ]);
  });
});

import { once } from 'node:events';
import type { LogEntry } from '@muster/api';
import type { InspectPart } from '@muster/contracts';
import type { FastifyReply } from 'fastify';
import { Problem } from '../problem.ts';
import { logEntry } from './parts.ts';

/** An empty line so often keeps proxies, and the other end, from taking a container that says nothing for a dead line. */
const keepAliveMs = 15_000;

/**
 * Lines of JSON, as they come and no faster than the client reads. What goes wrong later is the last line. Whatever ends
 * it, nothing more is asked of the source.
 */
export async function streamLog(
  reply: Pick<FastifyReply, 'hijack' | 'raw'>,
  parts: AsyncIterable<readonly InspectPart[]>,
  explain: (error: unknown) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const source = parts[Symbol.asyncIterator]();
  // What can't be answered at all is an answer of its own, with a status.
  const first = await source.next();
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  });
  const write = async (entries: readonly LogEntry[]): Promise<void> => {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    if (text !== '' && !response.write(text)) await once(response, 'drain', { signal });
  };
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write('\n');
  }, keepAliveMs);
  try {
    for (let next = first; next.done !== true; next = await source.next())
      await write(next.value.flatMap((part) => logEntry(part) ?? []));
  } catch (error) {
    const why = explain(error);
    const message = signal.aborted
      ? 'The hub is stopping. Ask again.'
      : why instanceof Problem
        ? why.detail
        : 'The log could not be read on.';
    const last: LogEntry = { type: 'error', message };
    // What just ended would look like containers that did.
    if (!response.destroyed) response.write(`${JSON.stringify(last)}\n`);
  } finally {
    clearInterval(keepAlive);
    response.end();
    // A client that went away while it was waited for has left the source in the middle.
    await source.return?.();
  }
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problem.ts';

/** On a request that a replica passed on: whoever gets it answers it, or says that it can't. */
export const relayedHeader = 'x-muster-relayed';

/**
 * Passes a request on to the replica at `address`, with the caller's own token, and its answer back as it comes.
 * Rejects with a `Problem` when that replica can't be reached.
 */
export async function relay(
  request: FastifyRequest,
  reply: FastifyReply,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(`${address}${pathOf(request.url)}`, {
      headers: { authorization: request.headers.authorization ?? '', [relayedHeader]: '1' },
      redirect: 'error',
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(
      503,
      `The session of this cluster is at another replica of the hub, which can't be reached at ${address}: ${whyOf(error)}. Replicas say where they are by --replica-address.`,
    );
  }
  reply.hijack();
  reply.raw.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  if (answer.body === null) {
    reply.raw.end();
    return;
  }
  // The client went away, or the replica did: there is nobody to tell, or nothing more to tell.
  await pipeline(Readable.fromWeb(answer.body), reply.raw).catch(() => reply.raw.destroy());
}

/** A request may name a host of its own, which is nothing to go by: the token goes to replicas alone. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, 'http://hub');
  return `${pathname}${search}`;
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : 'unknown error';
}

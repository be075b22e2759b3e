import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A strong tag of a body. */
export function entityTag(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this tag; compared weakly, as RFC 9110 wants it. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === tag);
}

/**
 * Fastify's `onSend` hook: tags what is read from the API, and answers 304 to who has it already. So a client that
 * looks often costs no bandwidth.
 */
export async function tagReads(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const isRead = request.method === 'GET' && request.url.startsWith('/api/v1/') && reply.statusCode === 200;
  if (!isRead || typeof payload !== 'string') return payload;
  const tag = entityTag(payload);
  void reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'authorization');
  if (!matchesTag(request.headers['if-none-match'], tag)) return payload;
  void reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return '';
}

import { STATUS_CODES } from 'node:http';
import type { Answer } from './exchange.ts';
import { KubeApiError, type KubeStatusDetails } from './errors.ts';
import { parseRetryAfter } from './retry.ts';

/** `metav1.Status`, as far as a client reads it. */
export interface ApiStatus {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: KubeStatusDetails;
}

/** The error that an answer other than 2xx stands for. */
export function errorOfAnswer(answer: Answer, method: string, path: string, now: number): KubeApiError {
  const retryAfter = parseRetryAfter(headerOf(answer, 'retry-after'), now);
  const status = parseStatus(answer.body);
  const words = STATUS_CODES[answer.status] ?? 'an unknown status';
  // A proxy in between answers with its own page: its first line is a better hint than none.
  const said = status?.message ?? answer.body.subarray(0, 200).toString('utf8').split('\n', 1)[0]!.trim();
  const message = said === '' ? `${method} ${path.split('?', 1)[0]}: ${answer.status} ${words}` : said;
  return new KubeApiError(
    answer.status,
    status?.reason ?? words.replaceAll(' ', ''),
    message,
    status?.details,
    retryAfter,
  );
}

export function errorOfStatus(status: ApiStatus): KubeApiError {
  return new KubeApiError(
    status.code ?? 500,
    status.reason ?? 'Unknown',
    status.message ?? 'unknown error',
    status.details,
  );
}

export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function parseStatus(body: Buffer): ApiStatus | undefined {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as ApiStatus | null;
    return parsed?.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

import { STATUS_CODES } from 'node:http';
import type { ProblemDetails } from '@muster/api';

export type FieldError = NonNullable<ProblemDetails['errors']>[number];

/** An answer that isn't 2xx, thrown by whoever serves a request and told as it is: to be fit for the client's eyes. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];

  constructor(status: number, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.errors = errors;
  }
}

export function problemDetails(
  status: number,
  detail: string,
  errors: readonly FieldError[] = [],
): ProblemDetails {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
}

/** What is wrong with the request itself; `errors` says where. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const detail =
    errors.length === 1 && first !== undefined
      ? `${first.field === '' ? '' : `${first.field}: `}${first.message}`
      : `${errors.length} things are wrong with the request; "errors" names each.`;
  return new Problem(400, detail, errors);
}

/**
 * What the API server answered when it didn't do what was asked; `reason` is its `Status.reason` (`Conflict`,
 * `NotFound`, `Invalid`, …), or the HTTP status in words where the answer was no `Status`.
 */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly status: number;
  readonly reason: string;
  /** `Status.details`, where the causes of a conflict or an invalid object stand. */
  readonly details: KubeStatusDetails | undefined;
  /** From `Retry-After`, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    details?: KubeStatusDetails,
    retryAfterMs?: number,
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface KubeStatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  }[];
}

/**
 * The API server could not be asked, or its answer didn't arrive: refused, reset, timed out, a certificate that
 * doesn't verify, an answer that is no JSON. Whether a write took effect is unknown. Waiting and asking again is what
 * a caller can do. `code` is Node's or undici's (`ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`, …).
 */
export class KubeNetworkError extends Error {
  override readonly name = 'KubeNetworkError';
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A kubeconfig that cannot be used as it is; the message says which entry of which file, and never a credential. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
}

/** An error's `code`, wherever Node or undici put it: on the error or on what caused it. */
export function errorCode(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'UNKNOWN';
}

/** What the API server answered when it didn't do what was asked; `reason` is its `Status.reason`. */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly status: number;
  readonly reason: string;
  /** `Status.details`, where the causes of a conflict or an invalid object stand. */
  readonly details: KubeStatusDetails | undefined;
  /** From `Retry-After`, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, details?: KubeStatusDetails, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface KubeStatusDetails {
  readonly name?: string;
  readonly kind?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
}

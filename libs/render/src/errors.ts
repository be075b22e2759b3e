/**
 * The render worker could not be found, built or started, or it died on this render twice. Nothing is said about the
 * input unless `ofSource` is: whoever gets this keeps what was rendered last, and may try again later.
 */
export class RenderWorkerError extends Error {
  override readonly name = 'RenderWorkerError';
  /** Workers that had started died of this source alone: the renders of others go on. */
  readonly ofSource: boolean;

  constructor(message: string, options: ErrorOptions & { readonly ofSource?: boolean } = {}) {
    super(message, options);
    this.ofSource = options.ofSource ?? false;
  }
}

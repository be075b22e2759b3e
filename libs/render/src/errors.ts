/**
 * The render worker could not be found, built or started, or it died on this render twice. Nothing is said about the
 * input: whoever gets this keeps what was rendered last, and may try again later.
 */
export class RenderWorkerError extends Error {
  override readonly name = 'RenderWorkerError';
}

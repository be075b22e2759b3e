/** Stands for a write that was not begun, or not ended, because the Lease may run out. */
export class NoLeaseError extends Error {
  override readonly name = 'NoLeaseError';

  constructor() {
    super('the Lease of this cluster could not be renewed');
  }
}

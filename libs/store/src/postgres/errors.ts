export type EmbeddedPostgresFault =
  /** The data folder, or the way to it, is closed to the user that PostgreSQL runs as. */
  | 'no-rights'
  | 'disk-full'
  /** The folder was made by another major version of PostgreSQL. */
  | 'version-mismatch'
  /** A living hub uses the same data folder. */
  | 'in-use'
  /** There are no programs for this operating system and processor. */
  | 'unsupported-platform'
  | 'failed';

/** The embedded database didn't start. `fault` says what a person can do; the message says it in words. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly fault: EmbeddedPostgresFault;

  constructor(fault: EmbeddedPostgresFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Reads the fault out of what `initdb` or `postgres` wrote before it gave up. */
export function faultOfOutput(output: string): EmbeddedPostgresFault {
  if (/no space left on device/i.test(output)) return 'disk-full';
  if (/database files are incompatible with server|was initialized by PostgreSQL version/i.test(output)) {
    return 'version-mismatch';
  }
  if (/permission denied|operation not permitted|read-only file system/i.test(output)) return 'no-rights';
  return 'failed';
}

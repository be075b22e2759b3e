export type GitFault = 'unreachable' | 'unauthorized' | 'not-found' | 'no-such-ref' | 'corrupt' | 'refused';

/** The repo could not be read. `fault` says what a person can do; the message names the repo without its credentials. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly fault: GitFault;

  constructor(fault: GitFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

import { status } from '@grpc/grpc-js';

/** An agent ended a request of the hub with an error, or the session ended before the answer did. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  /** A gRPC status code, as the agent sent it. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The other end said what the protocol doesn't allow; the session ends with this message. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/**
 * What was fetched isn't what was asked for: bytes that don't match their digest, a digest that nobody asked for, or
 * one that is missing. Asking again may help; applying it never may.
 */
export class BlobMismatch extends Error {
  override readonly name = 'BlobMismatch';
  readonly digest: string;

  constructor(digest: string, message: string) {
    super(message);
    this.digest = digest;
  }
}

/** The hub refused a call: its gRPC code and what it said. */
export class HubRefused extends Error {
  override readonly name = 'HubRefused';
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The chain that the hub showed holds no CA with the join token's pin: another hub, or somebody in between. */
export class WrongAuthority extends Error {
  override readonly name = 'WrongAuthority';
}

/** Any error as gRPC's code and details; what isn't a call's error is UNAVAILABLE (the connection broke). */
export function grpcStatusOf(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'number' ? error.code : status.UNAVAILABLE;
    const details = 'details' in error && typeof error.details === 'string' ? error.details : error.message;
    return { code, details };
  }
  return { code: status.UNKNOWN, details: 'unknown error' };
}

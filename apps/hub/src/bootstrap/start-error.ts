import { MasterKeyError } from '@muster/identity';
import { RenderWorkerError } from '@muster/render';

/** The hub can't start for a reason that whoever starts it can mend; the message says which. */
export class HubStartError extends Error {
  override readonly name = 'HubStartError';
}

/** What a person can mend, as a sentence that says how; all else as it is. */
export function startError(error: unknown): unknown {
  const isSaid = error instanceof MasterKeyError || error instanceof RenderWorkerError;
  const message = isSaid ? error.message : listenProblem(systemError(error));
  return message === undefined ? error : new HubStartError(message, { cause: error });
}

function listenProblem({ code, syscall, port, address, hostname }: SystemError): string | undefined {
  if (code === 'EADDRINUSE') {
    return `port ${port ?? ''} of ${address ?? 'this machine'} is in use: choose another, or stop what has it`;
  }
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo') {
    return `${address ?? hostname ?? 'the listen-host'} is no address of this machine: choose another listen-host`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `port ${port} may not be used by this user: choose one above 1023`;
  }
  return undefined;
}

interface SystemError {
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

/** The innermost error that has a code: whoever listens or connects for us may have said more around it. */
function systemError(error: unknown): SystemError {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at as SystemError;
  }
  return {};
}

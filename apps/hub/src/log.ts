import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

const shownOfStatement = 200;
/** Causes of causes that are told; a chain may be a ring. */
const shownCauses = 5;

/** An error as the log has it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** The beginning of the SQL that failed. */
  readonly statement?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * Only what is named here of an error: the database's bring the parameters of their statement along, which are
 * manifests, hashes of tokens and whatever else the hub stores, and the driver's detail repeats them.
 */
export function loggedError(error: unknown, causes = shownCauses): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code, query } = error as { code?: unknown; query?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof query === 'string' && { statement: query.slice(0, shownOfStatement) }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && causes > 0 && { cause: loggedError(error.cause, causes - 1) }),
  };
}

/** The hub's log: JSON, a line each, with times as people and the agents write them. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const serializers = { err: (error: unknown) => loggedError(error) };
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, serializers }, destination);
}

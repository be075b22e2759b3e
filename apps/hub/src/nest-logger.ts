import type { LoggerService } from '@nestjs/common';
import type { Logger } from './tokens.ts';

/** Nest's own log lines: only what is wrong is worth a line among ours. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown): void {
    this.#logger.trace(String(message));
  }

  warn(message: unknown): void {
    this.#logger.warn(String(message));
  }

  error(message: unknown, stack?: unknown): void {
    this.#logger.error({ stack }, String(message));
  }

  fatal(message: unknown, stack?: unknown): void {
    this.#logger.fatal({ stack }, String(message));
  }
}

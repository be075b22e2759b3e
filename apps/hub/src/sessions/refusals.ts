import type { RefusedState } from '@muster/contracts';
import { formatVersion } from '@muster/manifest';
import { Inject, Injectable } from '@nestjs/common';
import { ChangeRepository } from '@muster/store';
import { plain } from '../status/status-row.ts';
import { LOGGER, type Logger } from '../tokens.ts';

/**
 * Desired states that agents could not take on. That is never a cluster's trouble: the hub made, stored or sent what
 * is no desired state. It is told once each, in the log and as an event, however often agents say it.
 */
@Injectable()
export class Refusals {
  readonly #changes: ChangeRepository;
  readonly #logger: Logger;
  /** By cluster's id, the newest that was told. */
  readonly #told = new Map<string, string>();

  constructor(@Inject(ChangeRepository) changes: ChangeRepository, @Inject(LOGGER) logger: Logger) {
    this.#changes = changes;
    this.#logger = logger;
  }

  async note(clusterId: string, name: string, refused: RefusedState | undefined): Promise<void> {
    if (refused?.version === undefined) {
      this.#told.delete(clusterId);
      return;
    }
    const version = formatVersion(refused.version);
    const message = `the agent cannot take on desired state ${version}: ${plain(refused.message)}`;
    if (this.#told.get(clusterId) === message) return;
    this.#logger.error({ cluster: name }, message);
    await this.#changes.addEvents([
      { by: `cluster ${name}`, kind: 'DesiredStateRefused', cluster: name, message },
    ]);
    this.#told.set(clusterId, message);
  }
}

import { readFile } from 'node:fs/promises';
import { verifyWebhook, type WebhookDelivery } from '@muster/git-source';
import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '../api/problem.ts';
import type { HubConfig } from '../config/settings.ts';
import { HubRuntime } from '../lifecycle/hub-runtime.ts';
import { CLOCK, type Clock, CONFIG, LOGGER, type Logger } from '../tokens.ts';

/** Git servers tell of a push. What they say is only a reason to look at the repo at once. */
@Injectable()
export class Webhooks {
  readonly #runtime: HubRuntime;
  readonly #config: HubConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    @Inject(HubRuntime) runtime: HubRuntime,
    @Inject(CONFIG) config: HubConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#runtime = runtime;
    this.#config = config;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Resolves at once when it is believed: Git servers give up on who takes long. Rejects with `Problem`. */
  async receive(delivery: WebhookDelivery, address: string): Promise<void> {
    const secret = await this.#secret();
    if (secret === undefined) {
      throw new Problem(403, 'Webhooks are off: give the hub a webhook-secret, and the Git server the same.');
    }
    const outcome = await verifyWebhook(delivery, secret, new Date(this.#clock()));
    if (outcome.kind === 'refused') {
      this.#logger.warn({ reason: outcome.reason, address }, 'refused a webhook');
      throw new Problem(
        outcome.reason === 'too-large' ? 413 : 401,
        `The delivery is refused: ${outcome.reason}.`,
      );
    }
    this.#runtime.requestLook().catch((error: unknown) => {
      this.#logger.error({ err: error }, 'looking at the repo failed');
    });
  }

  async #secret(): Promise<string | undefined> {
    const { 'webhook-secret': secret, 'webhook-secret-file': file } = this.#config;
    if (secret !== undefined || file === undefined) return secret;
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      this.#logger.error({ err: error }, `the webhook-secret-file ${file} can't be read`);
      throw new Problem(
        500,
        "The hub can't read its webhook-secret-file. Its log names the file and says why.",
      );
    }
  }
}

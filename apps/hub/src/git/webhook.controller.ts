import { readFile } from 'node:fs/promises';
import { verifyWebhook } from '@muster/git-source';
import { Controller, HttpCode, Inject, Post, type RawBodyRequest, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../api/problem.ts';
import type { HubConfig } from '../config/settings.ts';
import { HubRuntime } from '../lifecycle/hub-runtime.ts';
import { CLOCK, type Clock, CONFIG, LOGGER, type Logger } from '../tokens.ts';

/** Git servers tell of a push. What they say is only a reason to look at the repo at once. */
@Controller('api/v1/webhooks')
export class WebhookController {
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

  /** Answers at once: Git servers give up on who takes long. */
  @Post('git')
  @HttpCode(202)
  async push(@Req() request: RawBodyRequest<FastifyRequest>): Promise<{ status: string }> {
    const secret = await this.#secret();
    if (secret === undefined) {
      throw new Problem(403, 'Webhooks are off: give the hub a webhook-secret, and the Git server the same.');
    }
    const delivery = { headers: request.headers, body: request.rawBody ?? new Uint8Array() };
    const outcome = verifyWebhook(delivery, secret, new Date(this.#clock()));
    if (outcome.kind === 'refused') {
      this.#logger.warn({ reason: outcome.reason, address: request.ip }, 'refused a webhook');
      throw new Problem(
        outcome.reason === 'too-large' ? 413 : 401,
        `The delivery is refused: ${outcome.reason}.`,
      );
    }
    void this.#runtime.requestLook();
    return { status: 'looking' };
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

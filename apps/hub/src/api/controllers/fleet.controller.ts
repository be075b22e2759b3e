import { Body, Get, HttpCode, Inject, Post } from '@nestjs/common';
import {
  DeletionConsentRequest,
  type DeletionConsentResult,
  type FleetStatus,
  type HubVersion,
  RecoveryRequest,
  SyncRequest,
  type SyncResult,
} from '@muster/api';
import { readFleetStatus } from '@muster/store';
import { answerOf } from '../answers.ts';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { ApiController } from '../api-controller.ts';
import { Caller } from '../bearer.guard.ts';
import { readBody } from '../validation.ts';

/** The fleet as a whole. */
@ApiController()
export class FleetController {
  readonly #context: ApiContext;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#context = context;
  }

  @Get('status')
  async status(): Promise<FleetStatus> {
    return readFleetStatus(this.#context.sql, this.#context);
  }

  @Get('version')
  version(): HubVersion {
    return { version: this.#context.version, fleet: this.#context.fleet };
  }

  @Post('sync')
  @HttpCode(200)
  async sync(@Body() body: unknown, @Caller() by: string): Promise<SyncResult> {
    return answerOf(await this.#context.actions.sync(readBody(SyncRequest, body), by));
  }

  @Post('deletion-consents')
  @HttpCode(200)
  async consent(@Body() body: unknown, @Caller() by: string): Promise<DeletionConsentResult> {
    const request = readBody(DeletionConsentRequest, body);
    const clusters = answerOf(await this.#context.actions.consentToDeletions(request, by));
    return { bundle: request.bundle, clusters: [...clusters] };
  }

  @Post('recovery')
  @HttpCode(200)
  async recover(@Body() body: unknown, @Caller() by: string): Promise<{ epoch: number }> {
    const { reason } = readBody(RecoveryRequest, body);
    return { epoch: answerOf(await this.#context.actions.recover(reason, by)) };
  }
}

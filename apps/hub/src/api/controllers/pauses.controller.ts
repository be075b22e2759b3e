import { Body, Delete, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { type Page, type Pause, PauseRequest, ResumeQuery } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { answerOf, pageOf } from '../answers.ts';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { ApiController } from '../api-controller.ts';
import { Caller } from '../bearer.guard.ts';
import type { FleetActions } from '../fleet-actions.ts';
import { readBody, readListRequest, readQuery } from '../validation.ts';

interface Pauses {
  readonly items: readonly Pause[];
}

@ApiController('pauses')
export class PausesController {
  readonly #queries: FleetQueries;
  readonly #actions: FleetActions;

  constructor(@Inject(FleetQueries) queries: FleetQueries, @Inject(API_CONTEXT) context: ApiContext) {
    this.#queries = queries;
    this.#actions = context.actions;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Pause>> {
    return pageOf(await this.#queries.pauses(readListRequest('pauses', query)));
  }

  @Post()
  @HttpCode(200)
  async pause(@Body() body: unknown, @Caller() by: string): Promise<Pauses> {
    return { items: answerOf(await this.#actions.pause(readBody(PauseRequest, body), by)) };
  }

  @Delete()
  async resume(@Query() query: unknown, @Caller() by: string): Promise<Pauses> {
    return { items: answerOf(await this.#actions.resume(readQuery(ResumeQuery, query), by)) };
  }
}

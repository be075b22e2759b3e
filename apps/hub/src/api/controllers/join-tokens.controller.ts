import { Body, Delete, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { type JoinToken, JoinTokenRequest, type NewJoinToken, type Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { answerOf, pageOf } from '../answers.ts';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { ApiController } from '../api-controller.ts';
import { Caller } from '../bearer.guard.ts';
import type { FleetActions } from '../fleet-actions.ts';
import { readBody, readListRequest } from '../validation.ts';

@ApiController('join-tokens')
export class JoinTokensController {
  readonly #queries: FleetQueries;
  readonly #actions: FleetActions;

  constructor(@Inject(FleetQueries) queries: FleetQueries, @Inject(API_CONTEXT) context: ApiContext) {
    this.#queries = queries;
    this.#actions = context.actions;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<JoinToken>> {
    return pageOf(await this.#queries.joinTokens(readListRequest('join-tokens', query)));
  }

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async create(@Body() body: unknown, @Caller() by: string): Promise<NewJoinToken> {
    return answerOf(await this.#actions.createJoinToken(readBody(JoinTokenRequest, body), by));
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Caller() by: string): Promise<void> {
    answerOf(await this.#actions.revokeJoinToken(id, by));
  }
}

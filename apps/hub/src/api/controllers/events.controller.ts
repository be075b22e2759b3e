import { Get, Inject, Query, Res } from '@nestjs/common';
import type { FleetEvent, Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import type { FastifyReply } from 'fastify';
import { pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { EventStreams } from '../event-streams.ts';
import { readListRequest } from '../validation.ts';

@ApiController('events')
export class EventsController {
  readonly #queries: FleetQueries;
  readonly #streams: EventStreams;

  constructor(@Inject(FleetQueries) queries: FleetQueries, @Inject(EventStreams) streams: EventStreams) {
    this.#queries = queries;
    this.#streams = streams;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<FleetEvent>> {
    return pageOf(await this.#queries.events(readListRequest('events', query)));
  }

  @Get('stream')
  stream(@Res() reply: FastifyReply): void {
    this.#streams.assertRoom();
    reply.hijack();
    this.#streams.open(reply.raw);
  }
}

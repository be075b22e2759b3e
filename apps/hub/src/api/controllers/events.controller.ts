import { Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiController } from '../api-controller.ts';
import { EventStreams } from '../event-streams.ts';

@ApiController('events')
export class EventsController {
  readonly #streams: EventStreams;

  constructor(@Inject(EventStreams) streams: EventStreams) {
    this.#streams = streams;
  }

  @Get('stream')
  stream(@Res() reply: FastifyReply): void {
    this.#streams.assertRoom();
    reply.hijack();
    this.#streams.open(reply.raw);
  }
}

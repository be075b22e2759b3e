import { Get, Inject, Query } from '@nestjs/common';
import type { Drift, Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { readListRequest } from '../validation.ts';

@ApiController('drift')
export class DriftController {
  readonly #queries: FleetQueries;

  constructor(@Inject(FleetQueries) queries: FleetQueries) {
    this.#queries = queries;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Drift>> {
    return pageOf(await this.#queries.drift(readListRequest('drift', query)));
  }
}

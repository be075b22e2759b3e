import { Get, Inject, Query } from '@nestjs/common';
import type { FleetObject, Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { readListRequest } from '../validation.ts';

@ApiController('objects')
export class ObjectsController {
  readonly #queries: FleetQueries;

  constructor(@Inject(FleetQueries) queries: FleetQueries) {
    this.#queries = queries;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<FleetObject>> {
    return pageOf(await this.#queries.objects(readListRequest('objects', query)));
  }
}

import { Get, Inject, Param, Query } from '@nestjs/common';
import type { Bundle, Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { foundOr404, pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { readListRequest } from '../validation.ts';

@ApiController('bundles')
export class BundlesController {
  readonly #queries: FleetQueries;

  constructor(@Inject(FleetQueries) queries: FleetQueries) {
    this.#queries = queries;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Bundle>> {
    return pageOf(await this.#queries.bundles(readListRequest('bundles', query)));
  }

  @Get(':name')
  async get(@Param('name') name: string): Promise<Bundle> {
    return foundOr404(
      await this.#queries.bundle(name),
      `There is no bundle "${name}" at the newest good revision.`,
    );
  }
}

import { Get, Inject, Param, Query } from '@nestjs/common';
import type { Assignment, Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { foundOr404, pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { readListRequest } from '../validation.ts';

@ApiController('assignments')
export class AssignmentsController {
  readonly #queries: FleetQueries;

  constructor(@Inject(FleetQueries) queries: FleetQueries) {
    this.#queries = queries;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Assignment>> {
    return pageOf(await this.#queries.assignments(readListRequest('assignments', query)));
  }

  @Get(':cluster/:bundle')
  async get(@Param('cluster') cluster: string, @Param('bundle') bundle: string): Promise<Assignment> {
    return foundOr404(
      await this.#queries.assignment(cluster, bundle),
      `Bundle "${bundle}" is not assigned to cluster "${cluster}".`,
    );
  }
}

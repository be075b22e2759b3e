import { Get, Inject, Param, Query } from '@nestjs/common';
import type { Page, Revision } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { foundOr404, pageOf } from '../answers.ts';
import { ApiController } from '../api-controller.ts';
import { Problem } from '../problem.ts';
import { readListRequest } from '../validation.ts';

/** As short as git itself abbreviates. */
const MIN_SHA_CHARS = 4;

@ApiController('revisions')
export class RevisionsController {
  readonly #queries: FleetQueries;

  constructor(@Inject(FleetQueries) queries: FleetQueries) {
    this.#queries = queries;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Revision>> {
    return pageOf(await this.#queries.revisions(readListRequest('revisions', query)));
  }

  @Get(':sha')
  async get(@Param('sha') sha: string): Promise<Revision> {
    if (sha.length < MIN_SHA_CHARS) {
      throw new Problem(400, `"${sha}" is too short for a commit: give at least ${MIN_SHA_CHARS} digits.`);
    }
    const found = await this.#queries.revisionsOf(sha.toLowerCase());
    if (found.length > 1) throw new Problem(409, `"${sha}" means several commits: give more of its digits.`);
    return foundOr404(found[0], `The hub has seen no commit "${sha}".`);
  }
}

import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { type Cluster, ClusterLabelsRequest, ClusterRemovalQuery, type Page } from '@muster/api';
import { FleetQueries } from '@muster/store';
import { answerOf, foundOr404, pageOf } from '../answers.ts';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { ApiController } from '../api-controller.ts';
import { Caller } from '../bearer.guard.ts';
import type { FleetActions } from '../fleet-actions.ts';
import { readBody, readListRequest, readQuery } from '../validation.ts';

@ApiController('clusters')
export class ClustersController {
  readonly #queries: FleetQueries;
  readonly #actions: FleetActions;

  constructor(@Inject(FleetQueries) queries: FleetQueries, @Inject(API_CONTEXT) context: ApiContext) {
    this.#queries = queries;
    this.#actions = context.actions;
  }

  @Get()
  async list(@Query() query: unknown): Promise<Page<Cluster>> {
    return pageOf(await this.#queries.clusters(readListRequest('clusters', query)));
  }

  @Get(':name')
  async get(@Param('name') name: string): Promise<Cluster> {
    return foundOr404(await this.#queries.cluster(name), `There is no cluster "${name}".`);
  }

  @Post(':name/labels')
  @HttpCode(200)
  async setLabels(
    @Param('name') name: string,
    @Body() body: unknown,
    @Caller() by: string,
  ): Promise<Cluster> {
    answerOf(await this.#actions.setLabels(name, readBody(ClusterLabelsRequest, body), by));
    return this.get(name);
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(@Param('name') name: string, @Query() query: unknown, @Caller() by: string): Promise<void> {
    const { workloads } = readQuery(ClusterRemovalQuery, query);
    answerOf(await this.#actions.removeCluster(name, workloads, by));
  }
}

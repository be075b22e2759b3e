import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FleetQueries } from '@muster/store';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { BearerGuard } from './bearer.guard.ts';
import { AssignmentsController } from './controllers/assignments.controller.ts';
import { BundlesController } from './controllers/bundles.controller.ts';
import { ClustersController } from './controllers/clusters.controller.ts';
import { DriftController } from './controllers/drift.controller.ts';
import { EventsController } from './controllers/events.controller.ts';
import { FleetController } from './controllers/fleet.controller.ts';
import { InspectController } from './controllers/inspect.controller.ts';
import { JoinTokensController } from './controllers/join-tokens.controller.ts';
import { ObjectsController } from './controllers/objects.controller.ts';
import { OpenApiController } from './controllers/open-api.controller.ts';
import { PausesController } from './controllers/pauses.controller.ts';
import { ProbesController } from './controllers/probes.controller.ts';
import { RevisionsController } from './controllers/revisions.controller.ts';
import { EventStreams } from './event-streams.ts';
import { Inspections } from './inspect/inspections.ts';
import { ProblemFilter } from './problem.filter.ts';

export interface ApiModuleOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: FactoryProvider<ApiContext>['useFactory'];
}

/** The HTTP API, probes and metrics. Its filter answers for the whole server. */
@Module({})
export class ApiModule {
  static register({ imports = [], inject, useFactory }: ApiModuleOptions): DynamicModule {
    return {
      module: ApiModule,
      imports,
      controllers: [
        AssignmentsController,
        BundlesController,
        ClustersController,
        DriftController,
        EventsController,
        FleetController,
        InspectController,
        JoinTokensController,
        ObjectsController,
        OpenApiController,
        PausesController,
        ProbesController,
        RevisionsController,
      ],
      providers: [
        { provide: API_CONTEXT, inject, useFactory },
        {
          provide: FleetQueries,
          inject: [API_CONTEXT],
          useFactory: (context: ApiContext) => new FleetQueries(context.sql, context),
        },
        { provide: APP_FILTER, useClass: ProblemFilter },
        BearerGuard,
        EventStreams,
        Inspections,
      ],
    };
  }
}

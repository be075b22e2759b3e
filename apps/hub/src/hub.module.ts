import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { Renderer } from '@muster/render';
import {
  ChangeRepository,
  ClusterRepository,
  ContentRepository,
  GarbageRepository,
  HubRepository,
  PlanRepository,
  RevisionRepository,
  SessionRepository,
  type Sql,
  StatusRepository,
  type Store,
} from '@muster/store';
import { ApiModule, ChangeFeed, HubMetrics } from './api/index.ts';
import { apiContext } from './api-wiring.ts';
import type { HubIdentity } from './bootstrap/identity.ts';
import type { HubConfig } from './config/settings.ts';
import { ContentStore } from './content/content-store.ts';
import { GitService } from './git/git.service.ts';
import { Webhooks } from './git/webhooks.ts';
import { Bus } from './lifecycle/bus.ts';
import { GarbageCollector } from './lifecycle/garbage-collector.ts';
import { HubRuntime } from './lifecycle/hub-runtime.ts';
import { Leadership } from './lifecycle/leadership.ts';
import { DesiredStates } from './plan/desired-states.ts';
import { PlannerService } from './plan/planner.service.ts';
import { ResolveLane } from './resolve/resolve-lane.ts';
import { ResolveService } from './resolve/resolve.service.ts';
import { Advertised } from './sessions/advertised.ts';
import { AgentGate } from './sessions/agent-gate.ts';
import { EnrolmentService } from './sessions/enrolment.service.ts';
import { Refusals } from './sessions/refusals.ts';
import { SessionBook } from './sessions/session-book.ts';
import { SessionPlaces } from './sessions/session-places.ts';
import { Departures } from './sessions/departures.ts';
import { SyncRequests } from './sessions/sync-requests.ts';
import { StatusWriter } from './status/status-writer.ts';
import { CLOCK, type Clock, CONFIG, IDENTITY, LOGGER, type Logger, RENDERER, STORE } from './tokens.ts';

/** What is there before Nest is: opened in order, with errors of its own. */
export interface HubFoundations {
  readonly config: HubConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly store: Store;
  readonly identity: HubIdentity;
  readonly renderer: Renderer;
}

const repositories = [
  ChangeRepository,
  ClusterRepository,
  ContentRepository,
  GarbageRepository,
  HubRepository,
  PlanRepository,
  RevisionRepository,
  SessionRepository,
  StatusRepository,
].map((Repository: new (sql: Sql) => object): Provider => {
  return { provide: Repository, inject: [STORE], useFactory: (store: Store) => new Repository(store.sql) };
});

const services = [
  Advertised,
  AgentGate,
  Bus,
  ChangeFeed,
  ContentStore,
  DesiredStates,
  EnrolmentService,
  GarbageCollector,
  GitService,
  HubMetrics,
  HubRuntime,
  Leadership,
  PlannerService,
  Refusals,
  ResolveLane,
  ResolveService,
  SessionBook,
  SessionPlaces,
  StatusWriter,
  SyncRequests,
  Departures,
  Webhooks,
];

@Module({})
class CoreModule {}

@Module({})
export class HubModule {
  static on(foundations: HubFoundations): DynamicModule {
    const { config, logger, clock, store, identity, renderer } = foundations;
    const core: DynamicModule = {
      module: CoreModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: clock },
        { provide: STORE, useValue: store },
        { provide: IDENTITY, useValue: identity },
        { provide: RENDERER, useValue: renderer },
        ...repositories,
        ...services,
      ],
      exports: [HubRuntime, ChangeFeed, HubMetrics, Advertised, DesiredStates],
    };
    const api = ApiModule.register({
      imports: [core],
      inject: [HubRuntime, Advertised, ChangeFeed, HubMetrics],
      useFactory: (runtime: HubRuntime, advertised: Advertised, changes: ChangeFeed, metrics: HubMetrics) =>
        apiContext({ foundations, runtime, advertised, changes, metrics }),
    });
    return { module: HubModule, imports: [core, api] };
  }
}

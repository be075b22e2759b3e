export { API_CONTEXT } from './api-context.ts';
export type { ApiContext, ApiLog, Topic } from './api-context.ts';
export { ApiModule } from './api.module.ts';
export type { ApiModuleOptions } from './api.module.ts';
export { ChangeFeed } from './change-feed.ts';
export { ChangeWatch } from './change-watch.ts';
export type { ActionOutcome, Done, FleetActions, NotFound, Refusal } from './fleet-actions.ts';
export { HubMetrics } from './hub-metrics.ts';
export { createHttpAdapter, installHttpHooks } from './http-server.ts';

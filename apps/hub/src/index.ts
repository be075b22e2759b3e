export { loadConfig } from './config/load.ts';
export type { LoadedConfig } from './config/load.ts';
export { defaultDataFolder } from './config/settings.ts';
export type { HubConfig } from './config/settings.ts';
export { HubStartError, startHub } from './start-hub.ts';
export type { RunningHub, StartHubOptions } from './start-hub.ts';
export { createFleetActions } from './actions/index.ts';
export type { ActionContext, ActionPorts } from './actions/index.ts';
export * from './api/index.ts';

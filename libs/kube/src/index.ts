export { createKubeClient, type KubeClientOptions } from './client.ts';
export type { KubeConfig, KubeTls } from './config.ts';
export * from './errors.ts';
export { userNameOf } from './impersonation.ts';
export { inClusterConfig } from './in-cluster.ts';
export { loadKubeConfig, type LoadKubeConfigOptions } from './load-config.ts';
export type * from './port.ts';
export { apiVersionOf, collectionPath, objectPath } from './resource-path.ts';

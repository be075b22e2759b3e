export { FleetQueries } from './fleet-queries.ts';
export type { FleetQueriesOptions, PageOutcome } from './fleet-queries.ts';
export { readFleetStatus } from './fleet-status.ts';
export type { FleetStatusOptions } from './fleet-status.ts';
export type { ListRequest, QueryIssue } from './list-source.ts';
export { selectClusters } from './select-clusters.ts';
export type { ClusterSelection, ClusterSelector } from './select-clusters.ts';
export { nobodyHere } from './liveness.ts';
export type { Liveness } from './liveness.ts';

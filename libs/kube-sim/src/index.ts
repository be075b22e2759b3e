export { startSimulatedCluster, type SimulatedCluster } from './cluster/simulated-cluster.ts';
export type { SimulatedClusterOptions } from './cluster/options.ts';
export type { ObjectReference, SimulatedObjects } from './cluster/objects.ts';
export type { FaultEffect, FaultMatcher, FaultRule, Faults } from './faults/faults.ts';
export type { Verb } from './http/request-info.ts';
export type { Json, JsonObject } from './json/value.ts';
export type { Environment } from './operations/cluster.ts';
export { SnapshotError } from './snapshot/snapshot-file.ts';
export { logAnnotation, readyAnnotation, succeedAnnotation } from './controllers/pod-objects.ts';

export { worseHealth } from './combine.ts';
export { healthNeedsStatus, healthOf } from './health-of.ts';
export type { Health, HealthStatus, LiveObject } from './model.ts';

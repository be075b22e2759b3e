import type { HealthStatus } from './model.ts';

const fromBestToWorst: readonly HealthStatus[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
];

/** The worst of two, in Argo CD's order. */
export function worseHealth(a: HealthStatus, b: HealthStatus): HealthStatus {
  return fromBestToWorst.indexOf(a) >= fromBestToWorst.indexOf(b) ? a : b;
}

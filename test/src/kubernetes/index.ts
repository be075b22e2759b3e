export { createAuditLog, type AuditedRequest, type AuditLog } from './audit.ts';
export type { ClusterOptions, TestCluster } from './cluster.ts';
export { startCluster, startClusters, type TestClusters } from './clusters.ts';
export { CannotBuildError } from './go-build.ts';
export { kubectlOf, type Kubectl } from './kubectl.ts';
export { freePorts } from './ports.ts';
export { programOf, whyNoClusters, type ComponentName } from './programs.ts';
export { ComponentFailedError } from './readiness.ts';
export { rawApplies, type RawApply, type RawAppliesResult } from './raw-applies.ts';
export {
  startWebhookServer,
  type AdmissionHandler,
  type AdmissionRequest,
  type AdmissionVerdict,
  type ConversionHandler,
  type JsonPatchOperation,
  type WebhookObject,
  type WebhookServer,
  type WebhookServerOptions,
} from './webhooks.ts';
export {
  type Fault,
  type FaultProxy,
  type FaultRule,
  type ProxiedRequest,
  startFaultProxy,
} from './fault-proxy.ts';

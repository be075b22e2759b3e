export { hasEnded, isVerified } from './apply-decision.ts';
export { describeObject } from './describe.ts';
export { hasFailed, runOf, withoutFailures, withRun } from './hook-record.ts';
export type { HookRecord, HookRun } from './hook-record.ts';
export { viewHook } from './hook-runs.ts';
export type { HookView } from './hook-runs.ts';
export { afterApply, afterVerification, withEntries } from './inventory.ts';
export type { Seen } from './inventory.ts';
export type {
  ApplyReason,
  ApplyStep,
  AssignedBundle,
  DeleteStep,
  DesiredObject,
  Forget,
  ForgetReason,
  InventoryEntry,
  LeavingBundle,
  LiveObject,
  Observation,
  Plan,
  PlanInput,
  PrunePolicy,
  Skip,
  SkipReason,
  Step,
  UnplannedObject,
  Wait,
} from './model.ts';
export { isNeverPruned } from './never-pruned.ts';
export { isFoundation } from './order.ts';
export { readPlacement } from './placement.ts';
export type { Hook, HookDeletePolicy, HookPhase, Placement, ReadPlacement } from './placement.ts';
export { planCluster } from './plan.ts';
export type { PlanOptions } from './plan.ts';
export { foreignOwner } from './ownership.ts';
export { isReplaceAsked, needsConsentToReplace } from './replace-decision.ts';
export { takeOver } from './take-over/take-over.ts';
export type { FieldsEntry, TakeOver, TakeOverInput } from './take-over/take-over.ts';

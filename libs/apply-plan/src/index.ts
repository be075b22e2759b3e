export { isVerified } from './apply-decision.ts';
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
} from './model.ts';
export { describeObject, planCluster } from './plan.ts';
export type { PlanOptions } from './plan.ts';
export { foreignOwner } from './ownership.ts';
export { isReplaceAsked, needsConsentToReplace } from './replace-decision.ts';
export { takeOver } from './take-over/take-over.ts';
export type { FieldsEntry, TakeOver, TakeOverInput } from './take-over/take-over.ts';

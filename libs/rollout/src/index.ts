export { advance } from './advance.ts';
export type {
  ResolvedBundle,
  RevisionResolved,
  RolloutEffect,
  RolloutEvent,
  RolloutStep,
} from './advance.ts';
export { createPinner, decidePins } from './pins.ts';
export type { ClusterPins, Pin, PinInput, PruneHold } from './pins.ts';
export { EMPTY_ROLLOUT } from './state.ts';
export type { BundleRollout, FailingBundle, GoodBundle, RolloutState } from './state.ts';

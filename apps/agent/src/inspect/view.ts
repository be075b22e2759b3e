import type { InventoryEntry } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { ResolvedTarget, Target } from '../core/target.ts';

/** What the agent works towards and what it has, at one moment. */
export interface ClusterView {
  readonly target: Target;
  /** Absent until the first round has looked at the cluster. */
  readonly resolved: ResolvedTarget | undefined;
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
}

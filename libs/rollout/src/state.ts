import type { Bundle, ClusterGroup } from '@muster/fleet-model';

/**
 * Where every bundle of the fleet stands. Plain data, to be stored as JSON.
 *
 * What always holds:
 * - A bundle's `good` only ever becomes a revision at which it rendered.
 * - A bundle is here exactly if the newest good revision of the repo has it.
 * - `failing` is set exactly if it did not render at the newest good revision.
 */
export interface RolloutState {
  /** The newest good revision that was taken in; absent before the first. */
  readonly revision?: string;
  readonly bundles: Readonly<Record<string, BundleRollout>>;
}

export interface BundleRollout {
  /** Absent while it never rendered. */
  readonly good?: GoodBundle;
  readonly failing?: FailingBundle;
}

/** What assignments of the bundle are pinned to. */
export interface GoodBundle {
  /** The revision that gave it its content: a later one that changes nothing in it is not its revision. */
  readonly revision: string;
  /** Names everything that its manifests and policy are made from; equal content gives equal desired states. */
  readonly content: string;
  /** Its spec there; with unchanged content, the newest spec, for targets may change alone. */
  readonly bundle: Bundle;
  /** The groups that this spec names, as they were: what a later revision renames or drops is looked up here. */
  readonly groups?: readonly ClusterGroup[];
  /** Since when it is at this content, ms. */
  readonly since: number;
}

export interface FailingBundle {
  /** The newest revision at which it fails. */
  readonly revision: string;
  readonly reason: string;
  /** Since when it fails without a break, ms. */
  readonly since: number;
}

export const EMPTY_ROLLOUT: RolloutState = { bundles: {} };

import { compareCodePoints, decodePolicy } from '@muster/manifest';
import type { Policy } from '@muster/manifest';
import type { HeadContent } from '../state/cluster-state.ts';
import type { LeavingRecord } from '../state/head.ts';
import type { Target } from './target.ts';

/** What is known of the state before the one that is taken on. */
export interface Before {
  /** As it is durable. */
  readonly content: HeadContent | undefined;
  /** The last that was worked towards, durable or not: objects of it may have been made. */
  readonly target: Pick<Target, 'bundles' | 'content'> | undefined;
  /** Of which the inventory has objects. */
  readonly ownedBundles: ReadonlySet<string>;
}

/**
 * The policies of bundles that are not assigned any more, the last of each, by bundle. They become durable in one
 * switch with the state that no longer names their bundles, and stay as long as anything of these remains, so that
 * no crash makes an agent forget what is to become of what a bundle left behind.
 */
export function leavingRecords(assigned: ReadonlySet<string>, before: Before): LeavingRecord[] {
  const records = new Map<string, LeavingRecord>();
  for (const content of [before.content, before.target?.content]) {
    for (const record of content?.leaving ?? [])
      if (before.ownedBundles.has(record.bundle)) records.set(record.bundle, record);
  }
  // Whether or not the inventory has objects of them already: a round of that state may be under way.
  for (const { bundle, assignment } of before.target?.bundles ?? [])
    records.set(bundle, { bundle, policy: Buffer.from(assignment.policy).toString('base64') });
  return [...records.values()]
    .filter(({ bundle }) => !assigned.has(bundle))
    .sort((a, b) => compareCodePoints(a.bundle, b.bundle));
}

/** One that cannot be read may have said that all is to stay: then it does. */
export function leavingPolicies(records: readonly LeavingRecord[] = []): ReadonlyMap<string, Policy> {
  return new Map(
    records.map(({ bundle, policy }) => {
      const decoded = decodePolicy(Buffer.from(policy, 'base64'));
      return [bundle, decoded.ok ? decoded.value : { prune: false }];
    }),
  );
}

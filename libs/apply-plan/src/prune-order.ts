import type { Gates } from './gates.ts';
import { isApplied } from './lacks.ts';
import type { DeleteStep, InventoryEntry, PlanInput, Skip } from './model.ts';
import { isFoundation } from './order.ts';
import type { PruneDecisions } from './prune-decision.ts';

/** What isn't deleted yet, but will be: lower waves wait for it. */
const goesLater: ReadonlySet<Skip['reason']> = new Set(['unobserved', 'terminating', 'backing-off']);

/**
 * Lets only those deletions through whose turn it is: once all of their bundle is applied, hooks first, then the
 * highest wave, each gone before the next; Namespaces and CRDs without a wave last. What depends on a bundle leaves
 * the cluster before it.
 */
export function orderDeletions(input: PlanInput, gates: Gates, prune: PruneDecisions): PruneDecisions {
  if (prune.deletions.length === 0) return prune;
  const byBundle = new Map<string, DeleteStep[]>();
  for (const deletion of prune.deletions) {
    const list = byBundle.get(deletion.bundle);
    if (list) list.push(deletion);
    else byBundle.set(deletion.bundle, [deletion]);
  }
  const deletions: DeleteStep[] = [];
  const skips = [...prune.skips];
  const wait = (deletion: DeleteStep, detail: string): void => {
    const { id, bundle } = deletion;
    skips.push({ id, bundle, reason: 'waiting', deletion: true, detail });
  };
  for (const [bundle, theirs] of byBundle) {
    const held = unappliedOf(input, gates, bundle) ?? dependentOf(input, bundle);
    const rank = (id: string): number => rankOf(input.inventory.get(id));
    const later = prune.skips.filter(
      (skip) => skip.bundle === bundle && skip.deletion && goesLater.has(skip.reason),
    );
    const highest = [...theirs, ...later].reduce((max, { id }) => Math.max(max, rank(id)), -Infinity);
    for (const deletion of theirs) {
      if (held !== undefined) wait(deletion, held);
      else if (rank(deletion.id) < highest) wait(deletion, 'what was applied after it goes first');
      else deletions.push(deletion);
    }
  }
  return { ...prune, deletions, skips };
}

function rankOf(entry: InventoryEntry | undefined): number {
  if (!entry) return 0;
  if (entry.hook) return Infinity;
  return entry.wave ?? (isFoundation(entry.id) ? -Infinity : 0);
}

/** Why what a bundle no longer wants stays for now: what takes its place may not be there. */
function unappliedOf(input: PlanInput, gates: Gates, bundle: string): string | undefined {
  if (!input.bundles.has(bundle)) return undefined;
  const failure = gates.failureOf(bundle);
  if (failure) return failure.message;
  const unplanned = input.unplanned?.find((it) => it.bundle === bundle);
  if (unplanned) return `it goes once all of its bundle is applied: ${unplanned.message}`;
  const object = gates.objectsOf(bundle).find((it) => !it.placement?.hook && !isApplied(input, it));
  return object && `it goes once all of its bundle is applied`;
}

/** A bundle that leaves as well, and needs this one as long as it is here. */
function dependentOf(input: PlanInput, bundle: string): string | undefined {
  const names = [...(input.leaving ?? [])]
    .filter(([name]) => needs(input, name, bundle))
    .map(([name]) => name);
  if (names.length === 0) return undefined;
  for (const { bundle: name } of input.inventory.values())
    if (names.includes(name) && !needs(input, bundle, name))
      return `bundle ${name}, which depends on it, goes first`;
  return undefined;
}

/** Itself or by others that leave too: who needs each other, in whatever circle, goes at once. */
function needs({ bundles, leaving }: PlanInput, name: string, bundle: string): boolean {
  const known = new Set([name]);
  for (const at of known) {
    if (bundles.has(at)) continue;
    for (const { bundle: next } of leaving?.get(at)?.dependsOn ?? []) {
      if (next === bundle) return true;
      known.add(next);
    }
  }
  return false;
}

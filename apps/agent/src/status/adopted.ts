import { describeObject } from '@muster/apply-plan';
import type { InventoryEntry } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { WantedBundle } from '../core/bundles.ts';

const maxNamed = 3;

/** What a bundle is told of objects that it found: they stay when they leave it, unless it says otherwise. */
export function adoptedWarning(
  { bundle, policy, objects }: Pick<WantedBundle, 'bundle' | 'policy' | 'objects'>,
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
): readonly string[] {
  if (policy.adopted === 'Prune') return [];
  const adopted = objects.flatMap(({ id }) => {
    const entry = id === undefined ? undefined : inventory.get(id);
    return entry?.adopted && entry.bundle === bundle ? [entry.id] : [];
  });
  if (adopted.length === 0) return [];
  const named = adopted.slice(0, maxNamed).map(describeObject).join(', ');
  const more = adopted.length > maxNamed ? ` and ${adopted.length - maxNamed} more` : '';
  const [was, stays] =
    adopted.length === 1 ? ['was', 'stays when it leaves'] : ['were', 'stay when they leave'];
  return [`${named}${more} ${was} there before Muster, and ${stays} the bundle`];
}

import type { LabelSelector, LabelSelectorRequirement } from '@muster/fleet-model';
import type { Labels } from './labels.ts';
import { holds, requirementsOf } from './selector.ts';

/**
 * Many selectors, asked together which of them match some labels. A selector with an equality (or `In`) is looked at
 * only where its first such label has a fitting value, so that asking costs what matches and not what exists.
 */
export class SelectorIndex<T> {
  readonly #byLabel = new Map<string, Map<string, Entry<T>[]>>();
  readonly #others: Entry<T>[] = [];
  readonly #keys = new Set<string>();

  /** Label keys that any selector asks for; others make no difference. */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  add(selector: LabelSelector, item: T): void {
    const requirements = requirementsOf(selector);
    for (const { key } of requirements) this.#keys.add(key);
    const first = requirements.findIndex(({ operator }) => operator === 'In');
    if (first === -1) {
      this.#others.push({ requirements, item });
      return;
    }
    const { key, values = [] } = requirements[first]!;
    const entry = { requirements: requirements.toSpliced(first, 1), item };
    let byValue = this.#byLabel.get(key);
    if (byValue === undefined) this.#byLabel.set(key, (byValue = new Map<string, Entry<T>[]>()));
    for (const value of new Set(values)) {
      const entries = byValue.get(value);
      if (entries === undefined) byValue.set(value, [entry]);
      else entries.push(entry);
    }
  }

  /** The items whose selectors match, in no particular order; each as often as it was added. */
  *matching(labels: Labels): Generator<T> {
    for (const [key, value] of Object.entries(labels)) {
      yield* holding(this.#byLabel.get(key)?.get(value) ?? [], labels);
    }
    yield* holding(this.#others, labels);
  }
}

interface Entry<T> {
  readonly requirements: readonly LabelSelectorRequirement[];
  readonly item: T;
}

function* holding<T>(entries: readonly Entry<T>[], labels: Labels): Generator<T> {
  for (const { requirements, item } of entries) {
    if (requirements.every((requirement) => holds(requirement, labels))) yield item;
  }
}

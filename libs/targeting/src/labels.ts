/** Labels as plain data: keys are read only where they are the object's own, for `constructor` is a fine label too. */
export type Labels = Readonly<Record<string, string>>;

export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Who gives labels to a cluster, the strongest first. An agent is none of them: nothing that it says attracts a workload. */
export const LABEL_SOURCES = ['git', 'register', 'token'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

export interface MergedLabels {
  readonly labels: Labels;
  /** Who gave which. */
  readonly sources: Readonly<Record<string, LabelSource>>;
}

/** A cluster's labels: what Git declares goes before the hub's own register, and that before the join token. */
export function mergeLabels(given: Readonly<Partial<Record<LabelSource, Labels>>>): MergedLabels {
  const merged = new Map<string, { value: string; source: LabelSource }>();
  for (const source of LABEL_SOURCES) {
    for (const [key, value] of Object.entries(given[source] ?? {})) {
      if (!merged.has(key)) merged.set(key, { value, source });
    }
  }
  const sorted = [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    labels: Object.fromEntries(sorted.map(([key, { value }]) => [key, value])),
    sources: Object.fromEntries(sorted.map(([key, { source }]) => [key, source])),
  };
}

import { parseLabelSelector } from '@muster/targeting';
import type { Sql } from '../sql.ts';
import { Parameters } from './parameters.ts';
import { selectorConditions } from './selector-sql.ts';

/** Neither: all clusters. */
export interface ClusterSelector {
  readonly names?: readonly string[] | undefined;
  readonly labelSelector?: string | undefined;
}

export interface SelectedCluster {
  readonly id: string;
  readonly name: string;
  readonly enrolled: boolean;
}

export type ClusterSelection =
  | { readonly outcome: 'clusters'; readonly clusters: readonly SelectedCluster[] }
  /** There are no clusters of these names. */
  | { readonly outcome: 'unknown'; readonly names: readonly string[] }
  /** The label selector can't be read. */
  | { readonly outcome: 'refused'; readonly message: string };

/** The present clusters that a request means, by name. */
export async function selectClusters(sql: Sql, by: ClusterSelector): Promise<ClusterSelection> {
  const parameters = new Parameters();
  const conditions = ['removed_at is null'];
  if (by.names !== undefined) conditions.push(`name = any(${parameters.add([...by.names])}::text[])`);
  if (by.labelSelector !== undefined) {
    const parsed = parseLabelSelector(by.labelSelector);
    if (parsed.kind === 'refused') return { outcome: 'refused', message: parsed.message };
    conditions.push(...selectorConditions(parsed.selector, 'labels', parameters));
  }
  const clusters = await sql.rows<SelectedCluster>(
    `select id, name, enrolled_at is not null as enrolled from clusters where ${conditions.join(' and ')}
     order by name collate "C"`,
    parameters.values,
  );
  if (by.labelSelector === undefined) {
    const found = new Set(clusters.map((it) => it.name));
    const unknown = (by.names ?? []).filter((name) => !found.has(name));
    if (unknown.length > 0) return { outcome: 'unknown', names: [...new Set(unknown)] };
  }
  return { outcome: 'clusters', clusters };
}

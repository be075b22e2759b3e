import type { Cluster } from '@muster/api';
import { colours } from './colours.ts';

const { green, yellow, red, bold, dim } = colours;

/** What stands before the labels, with one column to spare. */
const MIN_COLUMNS = 49;

/** A small table that is drawn again in place on a terminal, and line by line elsewhere. */
export class ClusterScreen {
  private lines = 0;
  /** A line that wraps would be two when it is drawn again. */
  private readonly live = process.stdout.isTTY && process.stdout.columns >= MIN_COLUMNS;
  private readonly seen = new Set<string>();

  draw(clusters: readonly Cluster[]): void {
    if (this.live) this.redraw(clusters);
    else this.print(clusters);
  }

  private redraw(clusters: readonly Cluster[]): void {
    if (this.lines > 0) process.stdout.write(`\u001b[${this.lines}A`);
    const rows = [bold(row('CLUSTER', 'SYNC', 'HEALTH', 'BUNDLES', 'LABELS')), ...clusters.map(clusterRow)];
    for (const line of rows) process.stdout.write(`\u001b[2K${line}\n`);
    this.lines = rows.length;
  }

  private print(clusters: readonly Cluster[]): void {
    for (const cluster of clusters.filter(isGood)) {
      if (this.seen.has(cluster.name)) continue;
      this.seen.add(cluster.name);
      process.stdout.write(`${clusterRow(cluster)}\n`);
    }
  }
}

export function isGood(cluster: Cluster): boolean {
  const { assignments } = cluster;
  return (
    cluster.connected && cluster.sync === 'Synced' && cluster.health === 'Healthy' && assignments.total > 0
  );
}

function clusterRow(cluster: Cluster): string {
  const { assignments, labels } = cluster;
  const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return row(
    cluster.name,
    paint(cluster.sync),
    paint(cluster.health),
    `${assignments.synced}/${assignments.total}`,
    dim(clip(text.sort().join(','), (process.stdout.columns ?? Infinity) - MIN_COLUMNS)),
  );
}

function row(name: string, sync: string, health: string, bundles: string, labels: string): string {
  return `  ${pad(name, 12)}${pad(sync, 12)}${pad(health, 13)}${pad(bundles, 9)}${labels}`;
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

const COLOUR = /\u001b\[\d+m/g;

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - text.replace(COLOUR, '').length));
}

function paint(status: string): string {
  if (status === 'Synced' || status === 'Healthy') return green(status);
  return status === 'Degraded' || status === 'OutOfSync' ? red(status) : yellow(status);
}

import { cpus, totalmem } from 'node:os';
import picocolors from 'picocolors';

export interface Limit {
  /** `most`: the figure is to be at most `value`; `least`: at least. */
  readonly kind: 'most' | 'least';
  readonly value: number;
}

export const atMost = (value: number): Limit => ({ kind: 'most', value });
export const atLeast = (value: number): Limit => ({ kind: 'least', value });

export function progress(line: string): void {
  process.stderr.write(`• ${line}\n`);
}

/** Prints a small table and, as the last line, one JSON object. A figure without a limit is for orientation. */
export function report(
  bench: string,
  figures: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, Limit>>,
  conditions: Readonly<Record<string, unknown>>,
): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length)) + 2;
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(
      `${name.padEnd(width)}${String(value).padStart(10)}  ${verdict(value, limits[name])}\n`,
    );
  }
  const machine = {
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.versions.node,
  };
  process.stdout.write(`${JSON.stringify({ bench, figures, conditions: { ...conditions, ...machine } })}\n`);
}

function verdict(value: number, limit: Limit | undefined): string {
  if (limit === undefined) return '';
  const met = limit.kind === 'most' ? value <= limit.value : value >= limit.value;
  const wanted = `${limit.kind === 'most' ? '≤' : '≥'} ${limit.value}`;
  return met ? picocolors.green(`✓ ${wanted}`) : picocolors.red(`✗ ${wanted}`);
}

/** `--quick`: a shorter run of the same. */
export const quick = process.argv.includes('--quick');

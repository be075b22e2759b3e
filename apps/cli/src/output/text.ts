import type { RepoProblem } from '@muster/api';

/** How long ago, as kubectl says it: `45s`, `3m`, `5h`, `12d`. */
export function ago(timestamp: string | null, now: number): string {
  if (timestamp === null) return '<never>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export function shortSha(sha: string | null): string {
  return sha === null ? '<none>' : sha.slice(0, 8);
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

/** What others wrote, in commits, labels and statuses: its lines stay, but nothing of it may move the cursor or paint. */
export function plain(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** An answer of the hub with all of its texts plain, for output that is read and not parsed. */
export function plainTexts<T>(answer: T): T {
  return JSON.parse(
    JSON.stringify(answer, (_, value: unknown) => (typeof value === 'string' ? plain(value) : value)),
  ) as T;
}

/** `3 of 3`. */
export function outOf(part: number, total: number): string {
  return `${part} of ${total}`;
}

/** `1 cluster`, `2 clusters`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `env=dev,tier=low`, or `<none>`. */
export function printLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** `apps/muster.yaml:12:5`. */
export function printPlace(place: {
  file: string;
  line?: number | null;
  column?: number | null | undefined;
}): string {
  return [place.file, place.line, place.column].filter((it) => it != null && it !== '').join(':');
}

/** `apps/muster.yaml:12:5 spec.targets: must be a list.` */
export function printProblem(problem: RepoProblem): string {
  return `${printPlace(problem)} ${problem.field && `${problem.field}: `}${problem.message}`.trim();
}

export function orNone(text: string | null): string {
  return text === null || text === '' ? '<none>' : text;
}

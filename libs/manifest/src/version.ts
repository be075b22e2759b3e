/** Orders desired states: epoch first, then generation. Neither ever falls. */
export interface Version {
  readonly epoch: bigint;
  readonly generation: bigint;
}

/** Negative, zero or positive, as a comparator. */
export function compareVersions(a: Version, b: Version): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  if (a.generation !== b.generation) return a.generation < b.generation ? -1 : 1;
  return 0;
}

/** `1.42`: for logs and people. */
export function formatVersion(version: Version): string {
  return `${version.epoch}.${version.generation}`;
}

/** Reads what `formatVersion` wrote. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)$/.exec(text);
  return match ? { epoch: BigInt(match[1]!), generation: BigInt(match[2]!) } : undefined;
}

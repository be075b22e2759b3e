const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const maxMs = 24 * units.h;

/** Milliseconds of `90s`, `30m` or `6h`, up to a day; `undefined` for anything else. */
export function durationMs(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const ms = Number(number) * units[unit as keyof typeof units];
  return ms > 0 && ms <= maxMs ? ms : undefined;
}

import { CliError, EXIT_USAGE } from '../exit.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `1h30m`, `2d` or plain seconds, in ms. */
export function parseDuration(text: string, option: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (/^(\d+(ms|s|m|h|d))+$/.test(text)) {
    return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
      (sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!,
      0,
    );
  }
  throw new CliError(`${option} must be a duration, and is "${text}"`, {
    exitCode: EXIT_USAGE,
    hint: 'Write it like 90s, 5m or 1h30m.',
  });
}

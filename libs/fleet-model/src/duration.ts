/** As Go writes durations, of whole seconds: `90s`, `5m`, `1h30m`. */
export const DURATION_PATTERN = '^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$';

const duration = /^(?=.)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** In seconds; undefined where the text is no duration. */
export function durationSeconds(text: string): number | undefined {
  const [, hours, minutes, seconds] = duration.exec(text) ?? [];
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

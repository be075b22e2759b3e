/** RFC 3339, UTC, milliseconds; from a row (Date) or from jsonb (text). */
export function timestamp(time: Date | string): string {
  return new Date(time).toISOString();
}

export function timestampOrNull(time: Date | null): string | null {
  return time === null ? null : timestamp(time);
}

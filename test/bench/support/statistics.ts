/** The nearest-rank percentile of unsorted values; `NaN` of none. */
export function percentile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

/** Closes one after the other, also those that come after one that failed; rejects at the end with all that failed. */
export async function closeAll(closes: Iterable<() => Promise<unknown>>): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closes) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const messages = failures.map((it) => (it instanceof Error ? it.message : String(it)));
    throw new AggregateError(
      failures,
      `${failures.length} parts could not be closed: ${messages.join('; ')}`,
    );
  }
}

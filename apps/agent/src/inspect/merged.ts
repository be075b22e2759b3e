/**
 * What several sources give, as it comes, and no faster than it is taken: each source has one thing waiting at most.
 * Ends when all have ended; when one throws, that is thrown.
 */
export async function* merged<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T, void> {
  const waiting: { readonly item: T; readonly taken: () => void }[] = [];
  let running = sources.length;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let taken: () => void = () => undefined;
  let wake: () => void = () => undefined;

  const drain = async (source: AsyncIterable<T>): Promise<void> => {
    try {
      for await (const item of source) {
        await new Promise<void>((resolve) => {
          waiting.push({ item, taken: resolve });
          wake();
        });
        if (isOver) return;
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      running -= 1;
      wake();
    }
  };
  for (const source of sources) void drain(source);

  try {
    for (;;) {
      const next = waiting.shift();
      if (next) {
        taken = next.taken;
        yield next.item;
        taken();
      } else if (failure) throw failure.error;
      else if (running === 0) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    isOver = true;
    taken();
    for (const left of waiting.splice(0)) left.taken();
  }
}

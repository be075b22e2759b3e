/** What was waited for did not come in time; the message says what was seen last. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/**
 * Asks again and again until the answer is what is wanted, and gives it. A question that fails is asked again: the
 * thing asked may be starting.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (isWanted(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last, undefined, 1);
      throw new NotInTime(`${what} did not come in time; seen last: ${seen?.slice(0, 4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}

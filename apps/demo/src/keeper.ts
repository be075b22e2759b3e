import { type Child, startChild } from './child.ts';

export interface Keeper {
  stop(): Promise<void>;
}

export interface KeeperOptions {
  /** As a sentence begins with it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly restartAfterMs: number;
  readonly isReady: () => Promise<boolean>;
  /** Hears of each process that is ready, the first one included. */
  readonly onReady: (pid: number, isFirst: boolean) => Promise<void> | void;
  /** Hears of an end that nobody asked for; `false` when it shall be left at that. */
  readonly onEnded: (code: number | null) => boolean;
}

/**
 * Keeps a program running, as an init system would: one that ends is started again after a while. Resolves once the
 * first one is ready; rejects with the end of its log when it ends before that.
 */
export async function keep(options: KeeperOptions): Promise<Keeper> {
  const stopping = new AbortController();
  const start = (): Child => startChild(options.program, options.args, options.logFile);
  let child = start();
  await becomesReady(child, options);
  await options.onReady(child.pid, true);

  const goOn = async (): Promise<void> => {
    for (;;) {
      const { code } = await child.ended;
      if (stopping.signal.aborted || !options.onEnded(code)) return;
      await wait(options.restartAfterMs, stopping.signal);
      if (stopping.signal.aborted) return;
      child = start();
      await becomesReady(child, options);
      await options.onReady(child.pid, false);
    }
  };
  const kept = goOn().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));

  return {
    stop: async () => {
      stopping.abort();
      await child.stop();
      await kept;
    },
  };
}

async function becomesReady(child: Child, { name, isReady }: KeeperOptions): Promise<void> {
  let ended = false;
  void child.ended.then(() => (ended = true));
  while (!(await isReady())) {
    if (ended) throw new Error(`${name} ended before it was ready. Its log:\n${await child.logTail()}`);
    await wait(50);
  }
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

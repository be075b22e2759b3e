import { writeFile } from 'node:fs/promises';
import { type Child, startChild } from './child.ts';

const RESTART_AFTER_MS = 20_000;

export interface HubKeeper {
  stop(): Promise<void>;
}

/**
 * Keeps a hub running, as an init system would: one that ends is started again after a while. Resolves once the
 * first one is ready; rejects with the end of its log when it ends before that.
 */
export async function keepHub(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly pidFile: string;
  readonly isReady: () => Promise<boolean>;
  readonly onEnded: (restartInSeconds: number) => void;
  readonly onBack: () => void;
}): Promise<HubKeeper> {
  const stopping = new AbortController();
  const start = async (): Promise<Child> => {
    const child = startChild(options.program, options.args, options.logFile);
    await writeFile(options.pidFile, String(child.pid));
    return child;
  };
  let hub = await start();
  await becomesReady(hub, options.isReady);

  const keep = async (): Promise<void> => {
    for (;;) {
      await hub.ended;
      if (stopping.signal.aborted) return;
      options.onEnded(RESTART_AFTER_MS / 1000);
      await wait(RESTART_AFTER_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      hub = await start();
      await becomesReady(hub, options.isReady);
      options.onBack();
    }
  };
  const kept = keep().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));

  return {
    stop: async () => {
      stopping.abort();
      await hub.stop();
      await kept;
    },
  };
}

async function becomesReady(hub: Child, isReady: () => Promise<boolean>): Promise<void> {
  let ended = false;
  void hub.ended.then(() => (ended = true));
  while (!(await isReady())) {
    if (ended)
      throw new Error(`The hub ended before it was ready. The end of its log:\n${await hub.logTail()}`);
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

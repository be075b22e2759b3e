import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keep, type KeeperOptions } from './keeper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-keeper-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function options(program: string, more: Partial<KeeperOptions> = {}): Promise<KeeperOptions> {
  await writeFile(join(folder, 'program.mjs'), program);
  return {
    name: 'The hub',
    program: join(folder, 'program.mjs'),
    args: [],
    logFile: join(folder, 'log'),
    restartAfterMs: 10,
    isReady: async () => true,
    onReady: () => undefined,
    onEnded: () => true,
    ...more,
  };
}

test('a program that ends is started again, until it is told to stop', async () => {
  const started: boolean[] = [];
  const again = Promise.withResolvers<void>();
  const keeper = await keep(
    await options('setInterval(() => undefined, 1000)', {
      onReady: (pid, isFirst) => {
        started.push(isFirst);
        if (isFirst) process.kill(pid, 'SIGKILL');
        else again.resolve();
      },
    }),
  );
  await again.promise;
  await keeper.stop();
  expect(started).toEqual([true, false]);
});

test('an end that is meant is left at that', async () => {
  const ended = Promise.withResolvers<number | null>();
  const keeper = await keep(
    await options('process.exit(0)', {
      onEnded: (code) => {
        ended.resolve(code);
        return false;
      },
    }),
  );
  expect(await ended.promise).toBe(0);
  await keeper.stop();
});

test('one that never becomes ready is told of with its own log, and none of an earlier run', async () => {
  await writeFile(join(folder, 'log'), 'of an earlier run\n');
  const failing = keep(
    await options("console.error('port 8080 is in use'); process.exit(2)", { isReady: async () => false }),
  );
  await expect(failing).rejects.toThrow('The hub ended before it was ready. Its log:\nport 8080 is in use');
});

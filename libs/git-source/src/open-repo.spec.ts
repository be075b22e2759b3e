import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRepo } from './open-repo.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'muster-mirror-'));
});
afterEach(() => rm(data, { recursive: true }));

test.each(['is not there yet', 'others could read'])(
  'nobody else reads mirrors, in a folder that %s',
  async (folder) => {
    if (folder === 'others could read') {
      await mkdir(join(data, 'git'));
      await chmod(join(data, 'git'), 0o755);
    }
    const repo = await openRepo({ url: 'http://127.0.0.1:1/fleet.git', ref: '' }, data);
    expect((await stat(join(data, 'git'))).mode & 0o777).toBe(0o700);
    await repo.close();
  },
);

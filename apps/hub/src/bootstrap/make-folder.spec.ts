import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-folder-'));
});

afterAll(() => rm(folder, { recursive: true }));

test('a folder is made with those above it, also by two at once', async () => {
  const path = join(folder, 'a', 'b');
  await Promise.all([makeFolder(path, 0o700), makeFolder(path, 0o700)]);
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  expect((await stat(path)).isDirectory()).toBe(true);
});

test('one that is there keeps its mode', async () => {
  const { mode } = await stat(folder);
  await makeFolder(folder, 0o711);
  expect((await stat(folder)).mode).toBe(mode);
});

test('a file in its way is named', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(makeFolder(join(folder, 'file'), 0o700)).rejects.toThrow('file is not a folder');
  await expect(makeFolder(join(folder, 'file', 'data'), 0o700)).rejects.toThrow('ENOTDIR');
});

test.skipIf(process.platform !== 'linux')(
  'a file system that makes no folders refuses, and at once',
  async () => {
    await expect(makeFolder('/proc/muster/data', 0o700)).rejects.toThrow(/ENOENT|EACCES/);
  },
);

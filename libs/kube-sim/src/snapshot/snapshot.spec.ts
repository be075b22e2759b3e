import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualEnvironment } from '../testing/manual-environment.ts';
import { readSnapshot, SnapshotError, writeSnapshot, type Snapshot } from './snapshot-file.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';

const snapshot: Snapshot = {
  token: 'secret',
  identity: { certificate: 'certificate', key: 'key' },
  port: 6443,
  store: { revision: 7, objects: { '/configmaps': [{ metadata: { name: 'one' } }] } },
};

describe('a snapshot file', () => {
  let folder = '';
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'kube-sim-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('comes back as it was, and leaves nothing beside it', async () => {
    await writeSnapshot(join(folder, 'snapshot.json'), snapshot);
    expect(await readSnapshot(join(folder, 'snapshot.json'))).toEqual(snapshot);
    expect(await readdir(folder)).toEqual(['snapshot.json']);
  });

  it('that isn’t there is none', async () => {
    expect(await readSnapshot(join(folder, 'snapshot.json'))).toBeUndefined();
  });

  it.each([
    { text: '{"format":1,"tok', so: 'is cut off' },
    { text: '{"format":9}', so: 'is of another format' },
    { text: '{"format":1}', so: 'is incomplete' },
  ])('that $so is refused with its name and what to do', async ({ text }) => {
    const file = join(folder, 'snapshot.json');
    await writeFile(file, text);
    const error: unknown = await readSnapshot(file).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SnapshotError);
    expect(String(error)).toContain(`${file} can't be read`);
    expect(String(error)).toContain('remove the file');
  });
});

describe('keeping a snapshot', () => {
  it('writes once for a burst of changes', async () => {
    const environment = manualEnvironment();
    let writes = 0;
    const keeper = new SnapshotKeeper(
      environment,
      500,
      async () => void (writes += 1),
      () => undefined,
    );
    for (let i = 0; i < 100; i += 1) keeper.changed();
    environment.advance(500);
    await keeper.stop();
    expect(writes).toBe(1);
  });

  it('writes what is new when it stops', async () => {
    let writes = 0;
    const keeper = new SnapshotKeeper(
      manualEnvironment(),
      500,
      async () => void (writes += 1),
      () => undefined,
    );
    keeper.changed();
    await keeper.stop();
    expect(writes).toBe(1);
  });

  it('tells of a write that failed, and tries again', async () => {
    const environment = manualEnvironment();
    const errors: unknown[] = [];
    let fails = true;
    const told = Promise.withResolvers<void>();
    const write = async (): Promise<void> => {
      if (fails) throw new Error('no space left');
    };
    const keeper = new SnapshotKeeper(environment, 500, write, (error) => {
      errors.push(error);
      told.resolve();
    });
    keeper.changed();
    environment.advance(500);
    await told.promise;
    fails = false;
    await keeper.stop();
    expect(errors).toHaveLength(1);
  });
});

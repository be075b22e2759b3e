import {
  ChangeRepository,
  ClusterRepository,
  ContentRepository,
  RevisionRepository,
  type Store,
} from '@muster/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore } from './support/api.ts';
import { manifestDigest, sha, specOf } from './support/api-seed.ts';

/** NUL and half of a surrogate pair, of which `jsonb` takes neither. */
const hostile = 'a\0b\ud800c';
const stored = 'a\uFFFDb\uFFFDc';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

test('texts that the database refuses are stored without what it refuses, and refuse nothing else', async () => {
  const revisions = new RevisionRepository(store.sql);
  const at = new Date(1_790_000_000_000);
  const commit = { sha, treeId: 'tree', message: hostile, author: hostile, committedAt: at };
  const problem = { file: hostile, line: 1, column: null, field: '', message: hostile };
  await revisions.addRefused(commit, [problem], at);
  expect(await store.sql.first('select message, author, problems from revisions')).toEqual({
    message: stored,
    author: stored,
    problems: [{ ...problem, file: stored, message: stored }],
  });

  await revisions.saveBundles(
    [
      {
        name: 'web',
        labels: {},
        spec: specOf('web'),
        inputKey: 'input',
        problems: [problem],
        rollout: { failing: { revision: sha, reason: hostile, since: 0 } },
        goodRevision: undefined,
        manifestDigest: undefined,
        policy: undefined,
        objectCount: 0,
      },
    ],
    [],
  );
  expect(await revisions.bundles()).toMatchObject([{ rollout: { failing: { reason: stored } } }]);

  await revisions.setFleet(sha, [{ name: hostile }]);
  expect((await revisions.fleet())?.groups).toEqual([{ name: stored }]);

  const repo = { url: 'u', ref: '', path: '', head: undefined, fetchedAt: undefined, errorSince: at };
  await revisions.setRepo({ ...repo, error: hostile });
  expect((await revisions.repo())?.error).toBe(stored);

  const declared = { annotations: { note: hostile }, definedIn: { file: 'f', line: 1, column: 1 } };
  await new ClusterRepository(store.sql).declare([{ name: 'eu-1', labels: {}, declared }]);
  expect((await new ClusterRepository(store.sql).byName('eu-1'))?.declared).toBe(true);

  const event = { by: 'commit', kind: 'BundleHeld', subject: 'web', message: hostile };
  const changes = new ChangeRepository(store.sql);
  await changes.addEvents([event]);
  await changes.consentByCommit([hostile], 'commit');
  expect(await store.sql.first('select bundle from consents')).toEqual({ bundle: stored });
  expect(await store.sql.first('select message from events')).toEqual({ message: stored });

  const object = { objectDigest: manifestDigest, group: '', version: 'v1', kind: 'Pod', namespace: '' };
  await new ContentRepository(store.sql).addRenderings(
    [
      {
        digest: manifestDigest,
        data: Buffer.from('{}'),
        objects: [{ ...object, name: 'a', images: [hostile] }],
      },
    ],
    [],
  );
  expect(await store.sql.first('select images from manifest_objects')).toEqual({ images: [stored] });
});

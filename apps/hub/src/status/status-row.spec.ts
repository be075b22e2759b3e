import { AssignmentStatus } from '@muster/contracts';
import { expect, test } from 'vitest';
import { statusRow } from './status-row.ts';

const cluster = { clusterId: 'c1', session: 3n, sequence: 9n };
const now = 1_790_000_000_000;

test('a status becomes a row with the words that people know', () => {
  const status = AssignmentStatus.fromPartial({
    bundle: 'checkout',
    sync: 1,
    health: 2,
    version: { epoch: 1n, generation: 4n },
    observedAtUnixMs: BigInt(now - 5),
    objects: [
      { object: { group: 'apps', version: 'v1', kind: 'Deployment', name: 'web' }, sync: 2, health: 3 },
    ],
  });
  expect(statusRow(cluster, status, now)).toMatchObject({
    session: '3',
    sequence: '9',
    sync: 'Synced',
    health: 'Progressing',
    generation: '4',
    observed_at: now - 5,
    objects: [{ kind: 'Deployment', name: 'web', sync: 'OutOfSync', health: 'Degraded' }],
  });
});

test('differences are kept, as many and as long as an agent promises', () => {
  const difference = { path: '/spec/replicas', desired: '2', live: '5', manager: 'hpa\0' };
  const many = Array.from({ length: 500 }, () => ({ ...difference, live: 'x'.repeat(100_000) }));
  const objects = [
    { object: { kind: 'Deployment', name: 'web' }, differences: [difference] },
    { object: { kind: 'Deployment', name: 'api' }, differences: many },
    { object: { kind: 'Deployment', name: 'db' } },
  ];
  const row = statusRow(cluster, AssignmentStatus.fromPartial({ bundle: 'shop', objects }), now);
  const [web, api, db] = row.objects as { differences?: { live: string }[] }[];
  expect(web?.differences).toEqual([{ ...difference, manager: 'hpa\uFFFD' }]);
  expect(api?.differences).toHaveLength(20);
  expect(api?.differences?.[0]?.live).toHaveLength(512);
  expect(db).not.toHaveProperty('differences');
});

test('nothing that an agent says breaks the batch that it is written with', () => {
  const status = AssignmentStatus.fromPartial({
    bundle: 'check\0out',
    sync: 77 as never,
    health: -1,
    version: { epoch: 2n ** 64n - 1n, generation: 2n ** 64n - 1n },
    objectCount: 2 ** 32 - 1,
    warnings: ['a\0b'],
  });
  expect(statusRow(cluster, status, now)).toMatchObject({
    bundle: 'check\uFFFDout',
    sync: 'Unknown',
    health: 'Unknown',
    epoch: '9223372036854775807',
    object_count: 2_147_483_647,
    warnings: ['a\uFFFDb'],
  });
});

test('a clock that is ahead makes no status fresher than it is', () => {
  const status = AssignmentStatus.fromPartial({ bundle: 'checkout', observedAtUnixMs: BigInt(now + 60_000) });
  expect(statusRow(cluster, status, now).observed_at).toBe(now);
});

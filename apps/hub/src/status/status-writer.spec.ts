import 'reflect-metadata';
import { AssignmentStatus, Report } from '@muster/contracts';
import type { StatusBatch, StatusRepository } from '@muster/store';
import { expect, test } from 'vitest';
import { createLogger } from '../log.ts';
import { batchOf, StatusWriter } from './status-writer.ts';

const session = { clusterId: 'c1', session: 3n };

function reportOf(sequence: bigint, ...statuses: Partial<AssignmentStatus>[]): Report {
  return Report.fromPartial({
    sequence,
    assignments: statuses.map((it) => AssignmentStatus.fromPartial(it)),
  });
}

/** What is written at a time; `write` says whether it can be. */
function writer(write: (batch: StatusBatch) => Promise<void> = async () => undefined) {
  const batches: string[][] = [];
  const repository = {
    write: async (batch: StatusBatch) => {
      batches.push(batch.statuses.map((it) => it.bundle));
      await write(batch);
    },
  } as unknown as StatusRepository;
  const logger = createLogger('error', { write: () => undefined });
  return { batches, writer: new StatusWriter(repository, Date.now, logger) };
}

test('a lone report waits for nothing, and those that come while it is written are one batch', async () => {
  const first = Promise.withResolvers<void>();
  let writes = 0;
  const { batches, writer: statuses } = writer(() => (writes++ === 0 ? first.promise : Promise.resolve()));
  const one = statuses.write(session, reportOf(1n, { bundle: 'a' }));
  while (writes === 0) await new Promise((resolve) => setImmediate(resolve));
  const others = ['b', 'c', 'd'].map((bundle, at) =>
    statuses.write({ ...session, clusterId: bundle }, reportOf(BigInt(at), { bundle })),
  );
  first.resolve();
  await Promise.all([one, ...others]);
  expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
});

test('a report that can not be written is not acknowledged, and takes no other with it', async () => {
  const { writer: statuses } = writer(async (batch) => {
    if (batch.statuses.some((it) => it.bundle === 'bad')) throw new Error('the database refuses it');
  });
  const outcomes = await Promise.allSettled(
    ['good', 'bad', 'fine'].map((bundle) =>
      statuses.write({ ...session, clusterId: bundle }, reportOf(1n, { bundle })),
    ),
  );
  expect(outcomes.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('of all that a session said of a bundle the newest counts', () => {
  const batch = batchOf(
    [
      { from: session, report: reportOf(1n, { bundle: 'a', reason: 'Applying' }, { bundle: 'b' }) },
      {
        from: session,
        report: reportOf(2n, { bundle: 'a', reason: 'Applied' }, { bundle: 'b', gone: true }),
      },
    ],
    0,
  );
  expect(batch.statuses).toMatchObject([{ bundle: 'a', reason: 'Applied', sequence: '2' }]);
  expect(batch.gone).toEqual([{ cluster_id: 'c1', session: '3', bundle: 'b' }]);
});

import { AssignmentStatus } from '@muster/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SESSION_MESSAGE_BYTES } from '../shared/limits.ts';
import { ReportBook } from './report-book.ts';

function status(bundle: string, reason: string, gone = false): AssignmentStatus {
  return AssignmentStatus.fromPartial({ bundle, reason, gone });
}

describe('the book of reports', () => {
  it('says that it told everything only with the last of the reports that it takes', () => {
    const book = new ReportBook();
    const message = 'x'.repeat(1_000);
    const objects = Array.from({ length: 100 }, () => ({ message }));
    const assignments = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((bundle) =>
      AssignmentStatus.fromPartial({ bundle, objects }),
    );
    book.update({ assignments, whole: true });
    const first = book.take()!;
    expect(first.assignments.length).toBeLessThan(7);
    expect(first.complete).toBe(false);
    expect(book.take()).toBeUndefined();
    book.acknowledged(1n);
    const second = book.take()!;
    expect(second.complete).toBe(true);
    expect([...first.assignments, ...second.assignments].map(({ bundle }) => bundle).join('')).toBe(
      'abcdefg',
    );
  });

  it('does not say that it told everything before the agent knows', () => {
    const book = new ReportBook();
    book.update({ assignments: [status('web', 'Applied')] });
    expect(book.take()!.complete).toBe(false);
    book.acknowledged(1n);
    book.update({ assignments: [status('web', 'Applied')], whole: true });
    expect(book.take()!.complete).toBe(true);
  });

  it('tells of a state that the agent cannot take on, in each session, until a newer one is held', () => {
    const book = new ReportBook();
    const version = (generation: bigint) => ({ epoch: 1n, generation });
    const told = () => {
      const refused = book.take()?.refused?.version?.generation;
      book.begin();
      return refused;
    };
    book.update({
      assignments: [],
      applied: version(1n),
      refused: { version: version(3n), message: 'broken' },
    });
    expect(told()).toBe(3n);
    book.update({ assignments: [], applied: version(2n) });
    expect(told()).toBe(3n);
    book.update({ assignments: [], applied: version(4n) });
    expect(told()).toBeUndefined();
  });

  it('tells of a bundle that left until that is acknowledged, then forgets it', () => {
    const forgotten: string[] = [];
    const book = new ReportBook((bundle) => forgotten.push(bundle));
    book.update({ assignments: [status('web', '', true)] });
    expect(book.take()!.assignments).toHaveLength(1);
    book.begin();
    expect(book.take()!.assignments).toHaveLength(1);
    book.acknowledged(1n);
    expect(forgotten).toEqual(['web']);
    book.begin();
    expect(book.take()).toBeUndefined();
  });

  it('cuts what would not fit a message', () => {
    const book = new ReportBook();
    const long = '€'.repeat(1_000_000);
    const objects = Array.from({ length: 500 }, () => ({ message: long }));
    book.update({ assignments: [AssignmentStatus.fromPartial({ bundle: 'web', message: long, objects })] });
    const [kept] = book.take()!.assignments;
    expect(AssignmentStatus.encode(kept!).finish().length).toBeLessThan(MAX_SESSION_MESSAGE_BYTES);
  });

  it('loses no newest state, whatever is acknowledged and whenever sessions begin', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('update' as const),
        bundle: fc.constantFrom('a', 'b', 'c'),
        reason: fc.string(),
      }),
      fc.constant({ kind: 'take' as const }),
      fc.constant({ kind: 'acknowledge' as const }),
      fc.constant({ kind: 'begin' as const }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const book = new ReportBook();
        const truth = new Map<string, string>();
        const hub = new Map<string, string>();
        let last = 0n;
        const take = () => {
          const report = book.take();
          for (const { bundle, reason } of report?.assignments ?? []) hub.set(bundle, reason);
          last = report?.sequence ?? last;
          return report;
        };
        for (const next of steps) {
          if (next.kind === 'take') take();
          else if (next.kind === 'acknowledge') book.acknowledged(last);
          else if (next.kind === 'begin') book.begin();
          else {
            book.update({ assignments: [status(next.bundle, next.reason)] });
            truth.set(next.bundle, next.reason);
          }
        }
        book.acknowledged(last);
        while (take() !== undefined) book.acknowledged(last);
        expect(hub).toEqual(truth);
      }),
    );
  });
});

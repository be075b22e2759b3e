import { describe, expect, it } from 'vitest';
import { StatusBook } from './book.ts';
import type { AssignmentStatus } from './model.ts';

function status(change: Partial<AssignmentStatus> = {}): AssignmentStatus {
  return {
    bundle: 'shop',
    manifestDigest: 'sha256:aa',
    version: { epoch: 1n, generation: 1n },
    sync: 'Synced',
    health: 'Healthy',
    reason: 'Applied',
    message: '',
    objects: [],
    objectCount: 1,
    objectProblemCount: 0,
    warnings: [],
    observedAt: 1,
    gone: false,
    ...change,
  };
}

describe('the book of statuses', () => {
  const told = (book: StatusBook): string[][] => {
    const heard: string[][] = [];
    book.listen((changed) => heard.push(changed.map((it) => it.bundle)), new AbortController().signal);
    return heard;
  };

  it('tells nothing of a status that differs in the time, or in a generation that changed other bundles', () => {
    const book = new StatusBook();
    book.update([status()], () => 'as it was');
    const heard = told(book);
    book.update([status({ observedAt: 2, version: { epoch: 1n, generation: 2n } })], () => 'as it was');
    expect(heard).toEqual([]);
  });

  it('tells every status of a desired state before which others were missed, once', () => {
    const book = new StatusBook();
    const at = (generation: bigint) => status({ version: { epoch: 1n, generation } });
    book.update([at(1n)], () => 'as it was');
    const heard = told(book);
    book.tellAllOf({ epoch: 1n, generation: 5n });
    book.update([at(1n)], () => 'as it was');
    expect(heard).toEqual([]);
    book.update([at(5n)], () => 'as it was');
    book.update([at(6n)], () => 'as it was');
    expect(heard).toEqual([['shop']]);
    expect(book.all()).toEqual([at(5n)]);
  });

  it('tells a status that is the same again when the bundle was told to be something else', () => {
    const book = new StatusBook();
    book.update([status()], () => 'as it was');
    const heard = told(book);
    const later = status({ version: { epoch: 1n, generation: 2n } });
    book.update([later], () => 'in another namespace');
    expect(heard).toEqual([['shop']]);
    expect(book.all()).toEqual([later]);
  });
});

import { describe, expect, test } from 'vitest';
import type { Commit } from '../port.ts';
import { commitsSince } from './commits-since.ts';

/** `[name, parents, at]`; the names of parents by spaces. */
function history(...lines: readonly (readonly [string, string, number])[]) {
  const commits = new Map(
    lines.map(([sha, parents, at]): [string, Commit] => [
      sha,
      {
        sha,
        treeId: '',
        parents: parents.split(' ').filter((it) => it !== ''),
        author: '',
        committedAt: new Date(at * 1000),
        message: '',
      },
    ]),
  );
  const reads: string[] = [];
  return {
    reads,
    since: async (former: string, head: string) => {
      const read = async (id: string) => {
        reads.push(id);
        return commits.get(id);
      };
      return (await commitsSince(read, former, head)).map((it) => it.sha);
    },
  };
}

describe('the commits since a former head', () => {
  test('are those that were pushed at once, and what is older is not walked', async () => {
    const lines = Array.from({ length: 500 }, (_, at) => [`${at}`, at === 0 ? '' : `${at - 1}`, at] as const);
    const { since, reads } = history(...lines);
    expect(await since('497', '499')).toEqual(['499', '498']);
    expect(reads.length).toBeLessThan(100);
  });

  test('are none when nothing is new', async () => {
    expect(await history(['a', '', 1]).since('a', 'a')).toEqual([]);
  });

  test('are also those of a branch that was merged, and not what it began from', async () => {
    const { since } = history(
      ['a', '', 1],
      ['b', 'a', 2],
      ['x', 'a', 3],
      ['y', 'x', 4],
      ['c', 'b', 5],
      ['m', 'c y', 6],
    );
    expect(await since('c', 'm')).toEqual(['m', 'y', 'x']);
  });

  test('are not those that a clock that is wrong makes look new', async () => {
    const { since } = history(['a', '', 90], ['b', 'a', 2], ['c', 'b', 3], ['m', 'c a', 100]);
    expect(await since('c', 'm')).toEqual(['m']);
  });

  test('end where the history that is here ends', async () => {
    const { since } = history(['c', 'gone', 3], ['d', 'c', 4]);
    expect(await since('c', 'd')).toEqual(['d']);
  });

  test('are at most a thousand', async () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, at) => [`${at}`, at === 0 ? '' : `${at - 1}`, at] as const,
    );
    const found = await history(...lines).since('0', '2999');
    expect(found[0]).toBe('2999');
    expect(found.length).toBeLessThanOrEqual(1_001);
  });
});

import { JoinTokenRequest, PauseRequest } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';
import { readBody, readListRequest } from './validation.ts';

function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('the query of a list', () => {
  it('takes filters by commas and by repetition', () => {
    const request = readListRequest('clusters', {
      name: ['a,b', 'c'],
      sync: 'Synced',
      limit: '5',
      sort: '-name',
    });
    expect(request).toEqual({
      filters: { name: ['a', 'b', 'c'], sync: ['Synced'] },
      limit: 5,
      sort: '-name',
    });
  });

  it('has a page of 100 if nothing else is asked for', () => {
    expect(readListRequest('bundles', {}).limit).toBe(100);
  });

  it('names what it does not know, and what there is', () => {
    const problem = problemOf(() => readListRequest('revisions', { limit: '2000', author: 'ada' }));
    expect(problem.status).toBe(400);
    expect(problem.errors.map((it) => it.field)).toEqual(['author', 'limit']);
    expect(problem.errors[0]?.message).toContain('sha, state, sort, limit, page');
  });
});

describe('a body', () => {
  it('is an empty object if there is none', () => {
    expect(readBody(JoinTokenRequest, undefined)).toMatchObject({ labels: {}, maxUses: 1 });
  });

  it('is refused with the place of each fault', () => {
    const problem = problemOf(() => readBody(JoinTokenRequest, { labels: { a: 1 }, maxUses: 0, nmae: 'x' }));
    expect(problem.errors.map((it) => it.field).sort()).toEqual(['labels.a', 'maxUses', 'nmae']);
  });

  it('is refused in one sentence if one thing is wrong', () => {
    expect(problemOf(() => readBody(PauseRequest, { clusters: [] })).detail).toMatch(/^clusters: /);
    expect(problemOf(() => readBody(PauseRequest, {})).detail).toBe(
      'Give exactly one of all, bundle, clusters and labelSelector.',
    );
  });
});

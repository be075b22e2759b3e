import { LISTS, type ListName } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { assignmentSource } from './assignment-list.ts';
import { bundleSource } from './bundle-list.ts';
import { clusterSource } from './cluster-list.ts';
import { printCursor } from './cursor.ts';
import { driftSource } from './drift-list.ts';
import { eventSource } from './event-list.ts';
import { joinTokenSource } from './join-token-list.ts';
import type { ListRequest, ListSource } from './list-source.ts';
import { listStatement } from './list-statement.ts';
import { objectSource } from './object-list.ts';
import { pauseSource } from './pause-list.ts';
import { revisionSource } from './revision-list.ts';

const sources: Readonly<Record<ListName, ListSource>> = {
  clusters: clusterSource(30_000),
  bundles: bundleSource(30_000),
  revisions: revisionSource,
  assignments: assignmentSource(30_000),
  objects: objectSource(30_000),
  drift: driftSource(30_000),
  events: eventSource,
  pauses: pauseSource,
  'join-tokens': joinTokenSource,
};

function statementOf(list: ListName, request: Partial<ListRequest> = {}) {
  const statement = listStatement(sources[list], { filters: {}, limit: 100, ...request });
  if (statement.kind === 'refused') throw new Error(JSON.stringify(statement.issues));
  const from = statement.text.lastIndexOf('where ');
  return { ...statement, tail: statement.text.slice(from).replace(/\s+/g, ' ') };
}

function issuesOf(list: ListName, request: Partial<ListRequest>) {
  const statement = listStatement(sources[list], { filters: {}, limit: 100, ...request });
  return statement.kind === 'refused' ? statement.issues : [];
}

describe('a list', () => {
  it.each(Object.keys(LISTS) as ListName[])(
    '%s has the sort keys, filters and labels that the API names',
    (list) => {
      expect(Object.keys(sources[list].sorts)).toEqual(LISTS[list].sort.map((it) => it.replace('-', '')));
      expect(Object.keys(sources[list].filters)).toEqual([...LISTS[list].filters]);
      expect(sources[list].labels !== undefined).toBe(LISTS[list].labelSelector);
    },
  );

  it('asks for one row more than its page has', () => {
    expect(statementOf('join-tokens', { limit: 7 }).values).toEqual([8]);
  });

  it('is ordered by what is asked for, and then by its key', () => {
    expect(statementOf('assignments', { sort: '-observedAt,bundle' }).tail).toContain(
      `order by (coalesce(v.observed_at, '-infinity'::timestamptz)) desc, (v.bundle) collate "C", (v.cluster) collate "C" limit`,
    );
  });

  it('goes on after the last row of the page before, in each direction', () => {
    const page = printCursor({
      list: 'join-tokens',
      sort: '-createdAt',
      keys: ['2026-11-21 11:00:00+00', 'abc'],
    });
    const { tail, values } = statementOf('join-tokens', { page });
    expect(tail).toBe(
      'where ((v.created_at) < $1::timestamptz or (v.created_at = $1::timestamptz and (v.id) collate "C" > $2::text)) ' +
        'order by (v.created_at) desc, (v.id) collate "C" limit $3',
    );
    expect(values).toEqual(['2026-11-21 11:00:00+00', 'abc', 101]);
  });

  it('never puts what was asked into the statement itself', () => {
    const evil = `'; drop table clusters; --`;
    const { text, values } = statementOf('objects', { filters: { name: [evil], image: [evil] } });
    expect(text).not.toContain('drop table');
    expect(values).toEqual([[evil], [evil], 101]);
  });

  it('translates each operator of a label selector as Kubernetes means it', () => {
    const { tail } = statementOf('clusters', { labelSelector: 'a=1,b notin (2,3),c,!d' });
    expect(tail).toMatch(
      /^where \(v\.labels ->> \$1 = any\(\$2::text\[\]\)\) and \(v\.labels ->> \$3 = any\(\$4::text\[\]\)\) is not true and \(v\.labels ->> \$5\) is not null and \(v\.labels ->> \$6\) is null order by/,
    );
  });
});

describe('a wrong request', () => {
  it('is told all that is wrong with it', () => {
    const issues = issuesOf('clusters', {
      sort: 'age',
      filters: { connected: ['yes'], colour: ['red'] },
      labelSelector: 'a==(',
    });
    expect(issues.map((it) => it.field)).toEqual(['sort', 'connected', 'colour', 'labelSelector']);
  });

  it.each([
    ['another list', { list: 'bundles', sort: 'name', keys: ['a'] }],
    ['another order', { list: 'clusters', sort: '-name', keys: ['a'] }],
    ['too few keys', { list: 'clusters', sort: 'name', keys: [] }],
  ])('is told that a page belongs to something else: %s', (_, cursor) => {
    expect(issuesOf('clusters', { page: printCursor(cursor) })).toMatchObject([{ field: 'page' }]);
  });

  it.each(['constructor', '__proto__', 'toString'])('does not reach into objects by a key %j', (name) => {
    expect(issuesOf('clusters', { sort: name })).toMatchObject([{ field: 'sort' }]);
    expect(issuesOf('clusters', { filters: Object.fromEntries([[name, ['x']]]) })).toMatchObject([
      { field: name },
    ]);
  });
});

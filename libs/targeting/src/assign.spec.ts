import type { Bundle, ClusterGroup, Target } from '@muster/fleet-model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign } from './assign.ts';
import type { LabelledCluster } from './assign.ts';
import { matches } from './selector.ts';

const definedIn = { file: 'muster.yaml', line: 1, column: 1 };

function bundle(name: string, targets: readonly Target[], except: readonly Target[] = []): Bundle {
  return {
    name,
    labels: {},
    source: { kind: 'manifests', path: '', include: [] },
    targets,
    except,
    definedIn,
  };
}

function group(name: string, env: string): ClusterGroup {
  return { name, clusterSelector: { matchLabels: { env } }, definedIn };
}

function names(assigned: Map<string, readonly Bundle[]>): Record<string, string[]> {
  return Object.fromEntries(
    [...assigned].map(([cluster, bundles]) => [cluster, bundles.map((it) => it.name)]),
  );
}

describe('assignments', () => {
  const clusters: LabelledCluster[] = [
    { name: 'eu-1', labels: { env: 'production', region: 'eu' } },
    { name: 'eu-2', labels: { env: 'production', region: 'eu', frozen: 'true' } },
    { name: 'lab', labels: { env: 'dev' } },
  ];
  const groups = [group('prod', 'production'), group('dev', 'dev')];

  test.each<[string, Bundle, string[]]>([
    ['a target by selector', bundle('b', [{ clusterSelector: { matchLabels: { env: 'dev' } } }]), ['lab']],
    ['a target by group', bundle('b', [{ groups: ['prod'] }]), ['eu-1', 'eu-2']],
    [
      'targets are a union',
      bundle('b', [{ groups: ['prod'] }, { groups: ['dev'] }]),
      ['eu-1', 'eu-2', 'lab'],
    ],
    ['several groups are alternatives', bundle('b', [{ groups: ['prod', 'dev'] }]), ['eu-1', 'eu-2', 'lab']],
    [
      'selector AND groups',
      bundle('b', [{ clusterSelector: { matchLabels: { frozen: 'true' } }, groups: ['prod'] }]),
      ['eu-2'],
    ],
    ['an empty selector is all', bundle('b', [{ clusterSelector: {} }]), ['eu-1', 'eu-2', 'lab']],
    ['no targets is nowhere', bundle('b', []), []],
    ['except takes out', bundle('b', [{ clusterSelector: {} }], [{ groups: ['prod'] }]), ['lab']],
  ])('%s', (_, one, expected) => {
    const assigned = names(assign({ bundles: [one], groups }, clusters));
    expect(Object.keys(assigned).filter((cluster) => assigned[cluster]!.length > 0)).toEqual(expected);
    expect(Object.keys(assigned)).toEqual(['eu-1', 'eu-2', 'lab']);
  });

  test('clusters that differ in nothing that matters share one answer', () => {
    const assigned = assign({ bundles: [bundle('b', [{ groups: ['prod'] }])], groups }, clusters);
    expect(assigned.get('eu-1')).toBe(assigned.get('eu-2'));
  });

  test('are what a look at every pair gives', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const labels = fc.dictionary(word, word);
    const requirement = fc.oneof(
      fc.record({
        key: word,
        operator: fc.constantFrom('In' as const, 'NotIn' as const),
        values: fc.array(word, { minLength: 1 }),
      }),
      fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
    );
    const selector = fc.record(
      { matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) },
      { requiredKeys: [] },
    );
    const target = fc.record(
      { clusterSelector: selector, groups: fc.uniqueArray(word, { minLength: 1 }) },
      { requiredKeys: [] },
    );
    const targets = fc.array(target, { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(targets, targets), { maxLength: 4 }),
        fc.array(selector, { maxLength: 3 }),
        fc.array(labels, { maxLength: 4 }),
        (lists, selectors, labelSets) => {
          const bundles = lists.map(([to, except], index) => bundle(`b${index}`, to, except));
          const someGroups = selectors.map((clusterSelector, index) => ({
            name: 'abc'[index]!,
            clusterSelector,
            definedIn,
          }));
          const some = labelSets.map((it, index) => ({ name: `c${index}`, labels: it }));
          const hits = (it: Target, at: Record<string, string>) =>
            (it.clusterSelector !== undefined || it.groups !== undefined) &&
            (it.clusterSelector === undefined || matches(it.clusterSelector, at)) &&
            (it.groups === undefined ||
              someGroups.some(
                ({ name, clusterSelector }) => it.groups!.includes(name) && matches(clusterSelector, at),
              ));
          const expected = some.map(({ name, labels: at }) => [
            name,
            bundles
              .filter((it) => it.targets.some((t) => hits(t, at)) && !it.except.some((t) => hits(t, at)))
              .map((it) => it.name),
          ]);
          expect(names(assign({ bundles, groups: someGroups }, some))).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 500 },
    );
  });
});

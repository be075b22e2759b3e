import { describe, expect, test } from 'vitest';
import { MAX_PROBLEMS, parseFleet } from './parse-fleet.ts';

/** All problems of some files, each as `file:line:column field: message`. */
function problemsOf(...texts: string[]): string[] {
  const result = parseFleet(texts.map((text, index) => ({ path: `${'abc'[index]}/muster.yaml`, text })));
  if (result.kind === 'parsed') return [];
  return result.problems.map((it) => `${it.file}:${it.line}:${it.column} ${it.field}: ${it.message}`);
}

const head = (kind: string) => `apiVersion: muster.dev/v1alpha1\nkind: ${kind}\n`;
const cluster = (metadata: string) => `${head('Cluster')}metadata: ${metadata}\n`;
const bundle = (spec: string) =>
  `${head('Bundle')}metadata: {name: a}\nspec:\n  source: {manifests: {path: .}}\n${spec}`;

describe('a repo is refused', () => {
  test.each<[string, string, string[]]>([
    [
      'a field that nobody knows, with the one that was meant',
      bundle('  target: []\n'),
      ['a/muster.yaml:6:3 spec.target: The field "target" is unknown. Did you mean "targets"?'],
    ],
    [
      'a field that is to come',
      bundle('  overrides: []\n'),
      ['a/muster.yaml:6:3 spec.overrides: "overrides" is not supported yet. Remove it.'],
    ],
    [
      'a source that is to come',
      `${head('Bundle')}metadata: {name: a}\nspec: {source: {helm: {chart: x}}}\n`,
      [
        'a/muster.yaml:4:17 spec.source.helm: "helm" is not supported yet. Remove it.',
        'a/muster.yaml:4:16 spec.source.manifests: is missing. It must be a map of fields.',
      ].sort(),
    ],
    [
      'a condition, which is to come',
      bundle('  targets: [{clusterSelector: {}, when: "true"}]\n'),
      ['a/muster.yaml:6:35 spec.targets[0].when: "when" is not supported yet. Remove it.'],
    ],
    [
      'an expression, which is to come',
      cluster('{name: a, annotations: {x: "${{ cluster.name }}"}}'),
      ['a/muster.yaml:3:38 : Expressions, "${{ }}", are not supported yet. Write the value itself.'],
    ],
    [
      'a control character, which the database would not take',
      cluster('{name: a, annotations: {x: "a\\nb", y: "a\\0b", z: "\\ud800"}}'),
      [
        'a/muster.yaml:3:49 metadata.annotations.y: has a control character. Write it without.',
        'a/muster.yaml:3:60 metadata.annotations.z: has a control character. Write it without.',
      ],
    ],
    [
      'a kind that nobody knows',
      head('Bundel'),
      [
        'a/muster.yaml:2:7 kind: The kind "Bundel" is unknown. It must be Bundle, Cluster, ClusterGroup or Fleet. Did you mean "Bundle"?',
      ],
    ],
    [
      'a kind that is to come',
      head('SyncWindow'),
      ['a/muster.yaml:2:7 kind: The kind SyncWindow is not supported yet.'],
    ],
    [
      'a manifest in a fleet file',
      'apiVersion: v1\nkind: ConfigMap\n',
      [
        'a/muster.yaml:1:13 apiVersion: must be muster.dev/v1alpha1 in a fleet file. Manifests belong in files of other names.',
      ],
    ],
    [
      'another version',
      'apiVersion: muster.dev/v2\nkind: Bundle\n',
      ['a/muster.yaml:1:13 apiVersion: must be muster.dev/v1alpha1 in a fleet file.'],
    ],
    [
      'a document without apiVersion',
      'kind: Bundle\n',
      ['a/muster.yaml:1:1 : The document has no apiVersion. Write "apiVersion: muster.dev/v1alpha1".'],
    ],
    [
      'a document without kind',
      'apiVersion: muster.dev/v1alpha1\n',
      ['a/muster.yaml:1:1 : The document has no kind. It must be Bundle, Cluster, ClusterGroup or Fleet.'],
    ],
    [
      'a list',
      '- a\n',
      ['a/muster.yaml:1:1 : The document must be a map of fields: apiVersion, kind, metadata, …'],
    ],
    [
      'a number where a string belongs',
      cluster('{name: a, labels: {tier: 1, frozen: true}}'),
      [
        'a/muster.yaml:3:36 metadata.labels.tier: must be a string, and 1 is a number. Put it in quotes: "1".',
        'a/muster.yaml:3:47 metadata.labels.frozen: must be a string, and true is a boolean. Put it in quotes: "true".',
      ],
    ],
    [
      'a field without a value',
      bundle('  targets:\n'),
      ['a/muster.yaml:6:3 spec.targets: is empty. It must be a list; give it a value, or remove the field.'],
    ],
    [
      'a map where a list belongs',
      bundle('  targets: {groups: [x]}\n'),
      ['a/muster.yaml:6:12 spec.targets: must be a list, and is a map of fields.'],
    ],
    [
      'a name that is none',
      cluster('{name: EU_1}'),
      [
        'a/muster.yaml:3:18 metadata.name: "EU_1" is not a name. A name has lower-case letters, digits and "-", with a letter or digit at both ends, at most 63 characters.',
      ],
    ],
    ['no metadata', head('Cluster'), ['a/muster.yaml:1:1 metadata: is missing. It must be a map of fields.']],
    [
      "a label's key that is none",
      cluster('{name: a, labels: {a/b/c: x}}'),
      [
        'a/muster.yaml:3:30 metadata.labels["a/b/c"]: "a/b/c" is not a label\'s key: a name of at most 63 letters, digits, "-", "_" and "." with a letter or digit at both ends, behind an optional DNS name and "/".',
      ],
    ],
    [
      'a target that names nothing',
      bundle('  targets:\n    - {}\n'),
      [
        'a/muster.yaml:7:7 spec.targets[0]: names no clusters. Give clusterSelector or groups; "clusterSelector: {}" means all clusters.',
      ],
    ],
    [
      'an operator that nobody knows',
      bundle('  targets: [{clusterSelector: {matchExpressions: [{key: a, operator: Exist}]}}]\n'),
      [
        'a/muster.yaml:6:70 spec.targets[0].clusterSelector.matchExpressions[0].operator: "Exist" is not known. It must be In, NotIn, Exists or DoesNotExist. Did you mean "Exists"?',
      ],
    ],
    [
      'In without values, and Exists with some',
      bundle(
        '  targets: [{clusterSelector: {matchExpressions: [{key: a, operator: In}, {key: a, operator: Exists, values: [b]}]}}]\n',
      ),
      [
        'a/muster.yaml:6:51 spec.targets[0].clusterSelector.matchExpressions[0].values: must list at least one value for the operators In and NotIn.',
        'a/muster.yaml:6:110 spec.targets[0].clusterSelector.matchExpressions[1].values: must be left out for the operators Exists and DoesNotExist.',
      ],
    ],
    [
      'a group that nobody defines',
      `${bundle('  targets: [{groups: [stagng]}]\n')}---\n${head('ClusterGroup')}metadata: {name: staging}\nspec: {clusterSelector: {}}\n`,
      [
        'a/muster.yaml:6:23 spec.targets[0].groups[0]: No ClusterGroup is named "stagng". Did you mean "staging"?',
      ],
    ],
    [
      'a path out of the repo',
      `${head('Bundle')}metadata: {name: a}\nspec: {source: {manifests: {path: ../../etc}}}\n`,
      [
        'a/muster.yaml:4:35 spec.source.manifests.path: "../../etc" leaves the repo. A source must be inside it.',
      ],
    ],
    [
      'a glob that is more than one',
      `${head('Bundle')}metadata: {name: a}\nspec: {source: {manifests: {path: ., include: ["*.{yaml,yml}"]}}}\n`,
      [
        'a/muster.yaml:4:48 spec.source.manifests.include[0]: "*.{yaml,yml}" has "{". Only "*", "?" and "**" are known; write several globs instead.',
      ],
    ],
    [
      'a field that is there twice',
      cluster('{name: a, name: b}'),
      ['a/muster.yaml:3:21 : The field "name" is there twice. Keep one.'],
    ],
    [
      'a tag',
      cluster('{name: !!js/function a}'),
      ['a/muster.yaml:3:18 : Tags are not supported. Remove it.'],
    ],
    [
      'a key that JavaScript treats apart',
      cluster('{name: a, labels: {__proto__: x}}'),
      ['a/muster.yaml:3:30 : "__proto__" can\'t be used here. Remove it.'],
    ],
  ])('for %s', (_, text, problems) => {
    expect(problemsOf(text).sort()).toEqual([...problems].sort());
  });

  test('for two of one name, naming both places', () => {
    expect(problemsOf(cluster('{name: eu-1}'), cluster('{name: eu-1}'))).toEqual([
      'a/muster.yaml:3:18 metadata.name: The Cluster "eu-1" is also defined at b/muster.yaml:1:1. Rename or remove one.',
      'b/muster.yaml:3:18 metadata.name: The Cluster "eu-1" is also defined at a/muster.yaml:1:1. Rename or remove one.',
    ]);
  });

  test('for a second Fleet', () => {
    expect(problemsOf(head('Fleet'), head('Fleet'))).toEqual([
      'a/muster.yaml:2:7 kind: A repo has at most one Fleet, and another is at b/muster.yaml:1:1. Keep one.',
      'b/muster.yaml:2:7 kind: A repo has at most one Fleet, and another is at a/muster.yaml:1:1. Keep one.',
    ]);
  });

  test('for YAML that is none, with the place, and without guesses about what refers to it', () => {
    const problems = problemsOf(bundle('  targets: [{groups: [edge]}]\n'), 'a: [\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^b\/muster\.yaml:2:1 : This is not YAML: /);
  });

  test('with all problems of all files at once, in order of place', () => {
    const problems = problemsOf(cluster('{name: A}'), cluster('{nme: b}'));
    expect(problems.map((it) => it.split(' ')[0])).toEqual([
      'a/muster.yaml:3:18',
      'b/muster.yaml:3:11',
      'b/muster.yaml:3:12',
    ]);
  });

  test('with a bounded number of problems, and the count of the others', () => {
    const text = Array.from({ length: 250 }, () => cluster('{name: A}')).join('---\n');
    const result = parseFleet([{ path: 'muster.yaml', text }]);
    expect(result).toMatchObject({ kind: 'refused' });
    if (result.kind === 'refused') {
      expect(result.problems).toHaveLength(MAX_PROBLEMS);
      expect(result.omitted).toBeGreaterThanOrEqual(150);
    }
  });
});

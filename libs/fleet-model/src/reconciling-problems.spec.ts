import { describe, expect, test } from 'vitest';
import { parseFleet } from './parse-fleet.ts';

const head = (kind: string) => `apiVersion: muster.dev/v1alpha1\nkind: ${kind}\n`;
const bundle = (spec: string, name = 'a') =>
  `${head('Bundle')}metadata: {name: ${name}}\nspec:\n  source: {manifests: {path: .}}\n${spec}`;
/** A document of this has six lines, and its `dependsOn` is on the sixth. */
const waiting = (name: string, ...others: string[]) =>
  bundle(`  dependsOn: [${others.map((it) => `{bundle: ${it}}`).join(', ')}]\n`, name);

function problemsOf(...documents: string[]): string[] {
  const result = parseFleet([{ path: 'f.muster.yaml', text: documents.join('---\n') }]);
  if (result.kind === 'parsed') return [];
  return result.problems.map(({ line, column, field, message }) => `${line}:${column} ${field}: ${message}`);
}

describe('bundles that depend on others are refused', () => {
  test('where nobody defines the other, with the one that was meant', () => {
    expect(problemsOf(waiting('shop', 'cert-manger'), bundle('', 'cert-manager'))).toEqual([
      '6:24 spec.dependsOn[0].bundle: No Bundle is named "cert-manger". Did you mean "cert-manager"?',
    ]);
  });

  test('but not where the other may be in a file that cannot be read', () => {
    expect(problemsOf(waiting('shop', 'b'), 'a: [\n')).toHaveLength(1);
  });

  test('where one waits for itself', () => {
    expect(problemsOf(waiting('shop', 'shop'))).toEqual([
      '6:24 spec.dependsOn[0].bundle: The bundle "shop" waits for itself. Remove it.',
    ]);
  });

  test('where several wait for each other, with the whole cycle spelled out, each cycle once', () => {
    const documents = [
      waiting('z', 'c'),
      waiting('c', 'leaf', 'b'),
      waiting('b', 'a'),
      waiting('a', 'c'),
      bundle('', 'leaf'),
      waiting('x', 'y'),
      waiting('y', 'x', 'leaf'),
    ];
    expect(problemsOf(...documents)).toEqual([
      '27:24 spec.dependsOn[0].bundle: These bundles wait for each other: a (f.muster.yaml:27) → c (f.muster.yaml:13) → b (f.muster.yaml:20) → a. Remove one of these dependencies.',
      '40:24 spec.dependsOn[0].bundle: These bundles wait for each other: x (f.muster.yaml:40) → y (f.muster.yaml:47) → x. Remove one of these dependencies.',
    ]);
  });

  test('where one is named twice', () => {
    expect(problemsOf(waiting('a', 'b', 'b'), bundle('', 'b'))).toEqual([
      '6:37 spec.dependsOn[1].bundle: "b" is there twice. Keep one.',
    ]);
  });

  test('and of a long cycle only the ends are told', () => {
    const chain = Array.from({ length: 300 }, (_, i) => waiting(`b${i}`, `b${i + 1}`));
    expect(problemsOf(...chain, bundle('', 'b300'))).toEqual([]);
    const [problem, ...others] = problemsOf(...chain, waiting('b300', 'b0'));
    expect(problem).toMatch(
      /b0 \(.*→ b8 \(f\.muster\.yaml:62\) → … \(291 more\) → b300 \(.*\) → b0\. Remove/,
    );
    expect(others).toEqual([]);
  });
});

describe('a repo is refused for', () => {
  test.each<[string, string, string[]]>([
    [
      'a field of sync that nobody knows',
      '  sync: {purne: true}\n',
      ['6:10 spec.sync.purne: The field "purne" is unknown. Did you mean "prune"?'],
    ],
    [
      'the mode of sync, which is to come',
      '  sync: {mode: Manual}\n',
      ['6:10 spec.sync.mode: "mode" is not supported yet. Remove it.'],
    ],
    [
      'a word that is none of the choices',
      '  sync: {drift: Notfy}\n',
      ['6:17 spec.sync.drift: "Notfy" is not known. It must be Correct or Notify. Did you mean "Notify"?'],
    ],
    [
      'prune as a text',
      '  sync: {prune: "false"}\n',
      ['6:17 spec.sync.prune: must be a boolean, and is a string.'],
    ],
    ...['5', '0s', '25h', '1.5h', '500ms', '-5m', 'P1D', ''].map((text): [string, string, string[]] => [
      `the time "${text}"`,
      `  sync: {healthTimeout: "${text}"}\n`,
      [
        `6:25 spec.sync.healthTimeout: "${text}" is not a time to wait. Write hours, minutes and seconds, such as "90s", "5m" or "1h30m", from 1s to 24h.`,
      ],
    ]),
    [
      'a service account without a namespace to find it in',
      '  sync: {serviceAccount: deployer}\n',
      [
        '6:26 spec.sync.serviceAccount: The service account "deployer" is looked up in the bundle\'s namespace. Give spec.namespace.',
      ],
    ],
    [
      'a service account that is none',
      '  namespace: shop\n  sync: {serviceAccount: Deployer}\n',
      ['7:26 spec.sync.serviceAccount: "Deployer" is not a service account\'s name.'],
    ],
    [
      'an ignored difference that names nothing',
      '  ignoreDifferences: [{target: {kind: Deployment}}]\n',
      ['6:23 spec.ignoreDifferences[0]: names nothing to ignore. Give fields or managers.'],
    ],
    [
      'a pattern that RE2 does not know',
      '  ignoreDifferences: [{target: {name: "(?=a)"}, managers: [x]}]\n',
      [
        '6:39 spec.ignoreDifferences[0].target.name: "(?=a)" is not a regular expression of RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=`.',
      ],
    ],
    [
      'a label selector that is none',
      '  ignoreDifferences: [{target: {labelSelector: "a in b"}, managers: [x]}]\n',
      [
        '6:48 spec.ignoreDifferences[0].target.labelSelector: The label selector "a in b" can\'t be read: "in" is followed by values in parentheses: "a in (a,b)".',
      ],
    ],
    [
      'paths that are none, or that name what must not differ',
      '  ignoreDifferences:\n    - fields: [spec.replicas, /, /*, /kind, /metadata/name, /metadata/labels, /metadata/labels/muster.dev~1fleet]\n',
      [
        '7:16 spec.ignoreDifferences[0].fields[0]: "spec.replicas" is not a field\'s path: it does not begin with "/": /spec/replicas, for example.',
        '7:31 spec.ignoreDifferences[0].fields[1]: "/" is not a field\'s path: it has an empty step.',
        '7:34 spec.ignoreDifferences[0].fields[2]: "/*" is every field of the object. Name those that are meant.',
        '7:38 spec.ignoreDifferences[0].fields[3]: "/kind" says which object it is, and cannot be ignored.',
        '7:45 spec.ignoreDifferences[0].fields[4]: "/metadata/name" says which object it is, and cannot be ignored.',
        '7:61 spec.ignoreDifferences[0].fields[5]: "/metadata/labels" holds Muster\'s own marks. Name the labels or annotations that are meant: /metadata/labels/team.',
        '7:79 spec.ignoreDifferences[0].fields[6]: "/metadata/labels/muster.dev~1fleet" is Muster\'s own mark, and cannot be ignored.',
      ],
    ],
    [
      'a manager that is Muster',
      '  ignoreDifferences: [{managers: [muster]}]\n',
      ['6:35 spec.ignoreDifferences[0].managers[0]: "muster" is Muster itself, and cannot be ignored.'],
    ],
    [
      'an expression that does not parse, at its line and column',
      `  health:\n    - target: {kind: Pod}\n      healthy: "object.status.phase == "\n`,
      ["8:40 spec.health[0].healthy: The expression can't be used: Unexpected token: EOF."],
    ],
    [
      'an expression of the wrong type',
      `  health:\n    - target: {kind: Pod}\n      healthy: "true"\n      degraded: "1 + 2"\n`,
      [
        "9:18 spec.health[0].degraded: The expression can't be used: the expression gives int, and bool is needed.",
      ],
    ],
    [
      'a name that no expression has, in a text of several lines',
      `  health:\n    - target: {kind: Pod}\n      healthy: |\n        has(object.status) &&\n          obejct.status.ready\n`,
      ["10:11 spec.health[0].healthy: The expression can't be used: Unknown variable: obejct."],
    ],
    [
      'health that would look into Secrets',
      `  health: [{target: {kind: Secret}, healthy: "true"}]\n`,
      ['6:21 spec.health[0].target: health rules cannot look into Secrets.'],
    ],
    [
      'a kind twice, and a group with a version',
      `  health: [{target: {kind: Pod}, healthy: "true"}, {target: {kind: Pod}, healthy: "true"}, {target: {group: apps/v1, kind: pod}, healthy: "true"}]\n`,
      [
        '6:109 spec.health[2].target.group: "apps/v1" is not an API group, such as "apps" or "cert-manager.io", without a version.',
        '6:124 spec.health[2].target.kind: "pod" is not a kind, such as "Deployment".',
      ],
    ],
    [
      'a kind twice',
      `  health: [{target: {kind: Pod}, healthy: "true"}, {target: {kind: Pod}, healthy: "true"}]\n`,
      ['6:61 spec.health[1].target: "Pod" is there twice. Keep one.'],
    ],
  ])('%s', (_, spec, problems) => {
    expect(problemsOf(bundle(spec))).toEqual(problems);
  });

  test("the Fleet's service account, where a bundle has no namespace", () => {
    const defaults = `${head('Fleet')}spec: {defaults: {sync: {serviceAccount: deployer}}}\n`;
    expect(problemsOf(defaults, bundle(''))).toEqual([
      '9:3 spec.namespace: The service account "deployer", which the Fleet names for all bundles, is looked up in the bundle\'s namespace. Give spec.namespace.',
    ]);
  });
});

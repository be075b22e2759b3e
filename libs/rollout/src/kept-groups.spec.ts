import type { Bundle, ClusterGroup } from '@muster/fleet-model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { decidePins } from './pins.ts';
import { EMPTY_ROLLOUT } from './state.ts';
import type { RolloutState } from './state.ts';

const definedIn = { file: 'muster.yaml', line: 1, column: 1 };
const group = (name: string, env: string): ClusterGroup => ({
  name,
  clusterSelector: { matchLabels: { env } },
  definedIn,
});

function bundle(name: string, to: readonly string[], except: readonly string[] = []): Bundle {
  const target = (groups: readonly string[]) => (groups.length === 0 ? [] : [{ groups: [...groups] }]);
  const source = { kind: 'manifests' as const, path: name, include: [] };
  return { name, labels: {}, source, targets: target(to), except: target(except), definedIn };
}

const envs = ['dev', 'test', 'production'];
const clusters = envs.map((env) => ({ name: env, labels: { env } }));

/** The state after a revision of these bundles, all of which render or none of which does. */
function resolve(
  state: RolloutState,
  how: 'good' | 'bad',
  bundles: readonly Bundle[],
  groups: readonly ClusterGroup[],
): RolloutState {
  const outcome = (it: Bundle) =>
    how === 'good'
      ? { bundle: it, outcome: 'rendered' as const, content: 'x' }
      : { bundle: it, outcome: 'failed' as const, reason: 'bad' };
  return advance(state, { kind: 'RevisionResolved', revision: how, bundles: bundles.map(outcome), groups }, 0)
    .state;
}

/** The names of each cluster's bundles. */
function whereItGoes(state: RolloutState, bundles: readonly Bundle[], groups: readonly ClusterGroup[]) {
  const pins = decidePins({ state, model: { bundles, groups }, clusters });
  return Object.fromEntries([...pins].map(([cluster, it]) => [cluster, it.pins.map((pin) => pin.bundle)]));
}

describe('a bundle that fails', () => {
  const web = bundle('web', ['edge']);
  const good = resolve(EMPTY_ROLLOUT, 'good', [web], [group('edge', 'production')]);
  const onProduction = { dev: [], test: [], production: ['web'] };

  test('stays where it was while its group gets another name', () => {
    const renamed = bundle('web', ['rim']);
    const groups = [group('rim', 'production')];
    const bad = resolve(good, 'bad', [renamed], groups);
    expect(whereItGoes(bad, [renamed], groups)).toEqual(onProduction);
  });

  test('still stays there at the next commit, and after the state was stored', () => {
    const bad = resolve(good, 'bad', [bundle('web', [])], []);
    const later = resolve(JSON.parse(JSON.stringify(bad)) as RolloutState, 'bad', [bundle('web', [])], []);
    expect(whereItGoes(later, [bundle('web', [])], [])).toEqual(onProduction);
  });

  test('follows a group that is still there', () => {
    const groups = [group('edge', 'dev')];
    const bad = resolve(good, 'bad', [web], groups);
    expect(whereItGoes(bad, [web], groups)).toEqual({ dev: ['web'], test: [], production: [] });
  });

  test('keeps what it is excepted from, too', () => {
    const all = [group('edge', 'production'), group('lab', 'dev')];
    const spec = bundle('web', ['edge', 'lab'], ['lab']);
    const before = resolve(EMPTY_ROLLOUT, 'good', [spec], all);
    const bad = resolve(before, 'bad', [spec], []);
    expect(whereItGoes(bad, [spec], [])).toEqual(onProduction);
  });

  test('goes on over the newest groups once it renders', () => {
    const renamed = bundle('web', ['rim']);
    const groups = [group('rim', 'test')];
    const mended = resolve(resolve(good, 'bad', [renamed], groups), 'good', [renamed], groups);
    expect(whereItGoes(mended, [renamed], groups)).toEqual({ dev: [], test: ['web'], production: [] });
  });
});

test('no renaming and dropping of groups moves bundles that all fail in the same commit', () => {
  const names = ['a', 'b', 'c'];
  const some = (from: readonly string[]) => fc.uniqueArray(fc.constantFrom(...from), { maxLength: 3 });
  const setting = fc.record({
    groups: fc.array(fc.constantFrom(...envs), { minLength: 3, maxLength: 3 }),
    specs: fc.array(fc.record({ to: some(names), except: some(names) }), { minLength: 1, maxLength: 3 }),
    stay: some(names),
  });
  fc.assert(
    fc.property(setting, ({ groups: selected, specs, stay }) => {
      const bundles = specs.map(({ to, except }, at) => bundle(`bundle-${at}`, to, except));
      const groups = names.map((name, at) => group(name, selected[at]!));
      const before = resolve(EMPTY_ROLLOUT, 'good', bundles, groups);
      const left = groups.map((it) => (stay.includes(it.name) ? it : { ...it, name: `${it.name}-anew` }));
      const after = resolve(before, 'bad', bundles, left);
      expect(whereItGoes(after, bundles, left)).toEqual(whereItGoes(before, bundles, groups));
    }),
  );
});

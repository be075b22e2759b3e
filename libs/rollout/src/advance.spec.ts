import type { Bundle } from '@muster/fleet-model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import type { ResolvedBundle } from './advance.ts';
import { EMPTY_ROLLOUT } from './state.ts';
import type { RolloutState } from './state.ts';

function bundle(name: string): Bundle {
  const source = { kind: 'manifests' as const, path: name, include: [] };
  return {
    name,
    labels: {},
    source,
    targets: [],
    except: [],
    definedIn: { file: 'muster.yaml', line: 1, column: 1 },
  };
}

const rendered = (name: string, content: string): ResolvedBundle => ({
  bundle: bundle(name),
  outcome: 'rendered',
  content,
});
const failed = (name: string, reason = 'no'): ResolvedBundle => ({
  bundle: bundle(name),
  outcome: 'failed',
  reason,
});

function resolve(state: RolloutState, revision: string, now: number, ...bundles: ResolvedBundle[]) {
  return advance(state, { kind: 'RevisionResolved', revision, bundles, groups: [] }, now);
}

describe('a bundle', () => {
  const first = resolve(EMPTY_ROLLOUT, 'r1', 10, rendered('a', 'x'));

  test('that renders goes to the revision', () => {
    expect(first.state).toEqual({
      revision: 'r1',
      bundles: { a: { good: { revision: 'r1', content: 'x', bundle: bundle('a'), groups: [], since: 10 } } },
    });
    expect(first.effects).toEqual([{ kind: 'Advanced', bundle: 'a', to: 'r1' }]);
  });

  test('that a revision does not change keeps its revision, so that its clusters hear nothing', () => {
    const { state, effects } = resolve(first.state, 'r2', 20, rendered('a', 'x'));
    expect(state.bundles.a).toEqual(first.state.bundles.a);
    expect(effects).toEqual([]);
  });

  test('that fails stays at its last good revision, and says since when', () => {
    const second = resolve(first.state, 'r2', 20, failed('a', 'bad YAML'));
    const third = resolve(second.state, 'r3', 30, failed('a', 'bad YAML'));
    expect(second.effects).toEqual([{ kind: 'Held', bundle: 'a', at: 'r1', reason: 'bad YAML' }]);
    expect(third.state.bundles.a).toEqual({
      good: first.state.bundles.a!.good,
      failing: { revision: 'r3', reason: 'bad YAML', since: 20 },
    });
  });

  test('that renders when its revision is tried again goes to that revision', () => {
    const second = resolve(first.state, 'r2', 20, failed('a', 'the worker died'));
    const again = resolve(second.state, 'r2', 30, rendered('a', 'y'));
    expect(again.state.bundles.a).toMatchObject({ good: { revision: 'r2', content: 'y', since: 30 } });
    expect(again.state.bundles.a?.failing).toBeUndefined();
  });

  test('that is mended goes on, and is no longer failing', () => {
    const second = resolve(first.state, 'r2', 20, failed('a'));
    const third = resolve(second.state, 'r3', 30, rendered('a', 'y'));
    expect(third.state.bundles.a).toEqual({
      good: { revision: 'r3', content: 'y', bundle: bundle('a'), groups: [], since: 30 },
    });
    expect(third.effects).toEqual([
      { kind: 'Recovered', bundle: 'a' },
      { kind: 'Advanced', bundle: 'a', from: 'r1', to: 'r3' },
    ]);
  });

  test('that never rendered has no good revision', () => {
    const { state } = resolve(EMPTY_ROLLOUT, 'r1', 10, failed('a'));
    expect(state.bundles.a).toEqual({ failing: { revision: 'r1', reason: 'no', since: 10 } });
  });

  test('that left the repo is forgotten', () => {
    const { state, effects } = resolve(first.state, 'r2', 20);
    expect(state.bundles).toEqual({});
    expect(effects).toEqual([{ kind: 'Left', bundle: 'a' }]);
  });
});

describe('whatever happens', () => {
  const name = fc.constantFrom('a', 'b', 'constructor');
  const resolved = fc.oneof(
    fc.record({ name, content: fc.constantFrom('x', 'y') }).map((it) => rendered(it.name, it.content)),
    name.map((it) => failed(it)),
  );
  const revisions = fc.array(fc.uniqueArray(resolved, { selector: (it) => it.bundle.name }), {
    maxLength: 8,
  });

  test('a pin is a revision at which the bundle rendered with that content, and the newest such', () => {
    fc.assert(
      fc.property(revisions, (history) => {
        let state = EMPTY_ROLLOUT;
        history.forEach((bundles, index) => (state = resolve(state, `${index}`, index, ...bundles).state));
        for (const [bundleName, { good, failing }] of Object.entries(state.bundles)) {
          const outcomes = history.map((bundles) => bundles.find((it) => it.bundle.name === bundleName));
          expect(failing !== undefined).toBe(outcomes.at(-1)!.outcome === 'failed');
          const lastGood = outcomes.findLast((it) => it?.outcome === 'rendered' || it === undefined);
          if (lastGood?.outcome !== 'rendered') expect(good).toBeUndefined();
          else expect(good!.content).toBe(lastGood.content);
          if (good)
            expect(outcomes[Number(good.revision)]).toMatchObject({
              outcome: 'rendered',
              content: good.content,
            });
        }
      }),
    );
  });

  test('the same revision again changes nothing', () => {
    fc.assert(
      fc.property(
        revisions,
        fc.uniqueArray(resolved, { selector: (it) => it.bundle.name }),
        (history, last) => {
          let state = EMPTY_ROLLOUT;
          history.forEach((bundles, index) => (state = resolve(state, `${index}`, index, ...bundles).state));
          const once = resolve(state, 'last', 100, ...last);
          expect(resolve(once.state, 'last', 200, ...last)).toEqual({ state: once.state, effects: [] });
        },
      ),
    );
  });
});

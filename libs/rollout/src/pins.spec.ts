import type { Bundle, FleetModel } from '@muster/fleet-model';
import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { decidePins } from './pins.ts';
import { EMPTY_ROLLOUT } from './state.ts';
import type { RolloutState } from './state.ts';

function bundle(name: string, env: string): Bundle {
  return {
    name,
    labels: {},
    source: { kind: 'manifests', path: name, include: [] },
    targets: [{ clusterSelector: { matchLabels: { env } } }],
    except: [],
    definedIn: { file: 'muster.yaml', line: 1, column: 1 },
  };
}

const clusters = [
  { name: 'lab', labels: { env: 'dev' } },
  { name: 'eu-1', labels: { env: 'production' } },
];

/** Each cluster's pins, as `bundle@revision`, and its holds. */
function decide(state: RolloutState, bundles: readonly Bundle[]) {
  const model: Pick<FleetModel, 'bundles' | 'groups'> = { bundles, groups: [] };
  return Object.fromEntries(
    [...decidePins({ state, model, clusters })].map(([cluster, { pins, holds }]) => [
      cluster,
      { pins: pins.map((it) => `${it.bundle}@${it.good.revision}`), holds: holds.map((it) => it.bundle) },
    ]),
  );
}

function resolve(state: RolloutState, revision: string, ...bundles: (readonly [Bundle, 'good' | 'bad'])[]) {
  const event = {
    kind: 'RevisionResolved' as const,
    revision,
    bundles: bundles.map(([it, how]) =>
      how === 'good'
        ? { bundle: it, outcome: 'rendered' as const, content: revision }
        : { bundle: it, outcome: 'failed' as const, reason: 'bad' },
    ),
    groups: [],
  };
  return advance(state, event, 0).state;
}

describe('pins', () => {
  const web = bundle('web', 'production');
  const tools = bundle('tools', 'dev');

  test('are the newest good revision wherever the bundle goes', () => {
    const state = resolve(EMPTY_ROLLOUT, 'r1', [web, 'good'], [tools, 'good']);
    expect(decide(state, [web, tools])).toEqual({
      lab: { pins: ['tools@r1'], holds: [] },
      'eu-1': { pins: ['web@r1'], holds: [] },
    });
  });

  test('of a failing bundle stay, and one bad bundle stays one bad bundle', () => {
    const good = resolve(EMPTY_ROLLOUT, 'r1', [web, 'good'], [tools, 'good']);
    const state = resolve(good, 'r2', [web, 'bad'], [tools, 'good']);
    expect(decide(state, [web, tools])).toEqual({
      lab: { pins: ['tools@r2'], holds: [] },
      'eu-1': { pins: ['web@r1'], holds: ['web'] },
    });
  });

  test('of a failing bundle follow its last good targets, and the hold its newest', () => {
    const good = resolve(EMPTY_ROLLOUT, 'r1', [web, 'good']);
    const moved = bundle('web', 'dev');
    expect(decide(resolve(good, 'r2', [moved, 'bad']), [moved])).toEqual({
      lab: { pins: [], holds: ['web'] },
      'eu-1': { pins: ['web@r1'], holds: [] },
    });
  });

  test('of a bundle that never rendered are none, and nothing is pruned where it is to go', () => {
    expect(decide(resolve(EMPTY_ROLLOUT, 'r1', [web, 'bad']), [web])).toEqual({
      lab: { pins: [], holds: [] },
      'eu-1': { pins: [], holds: ['web'] },
    });
  });

  test('of a bundle that left are none', () => {
    const good = resolve(EMPTY_ROLLOUT, 'r1', [web, 'good']);
    expect(decide(resolve(good, 'r2'), [])).toMatchObject({ 'eu-1': { pins: [], holds: [] } });
  });

  test('are one value for clusters that differ in nothing that matters', () => {
    const state = resolve(EMPTY_ROLLOUT, 'r1', [web, 'good']);
    const twins = [
      { name: 'a', labels: { env: 'production', site: '1' } },
      { name: 'b', labels: { env: 'production', site: '2' } },
    ];
    const pins = decidePins({ state, model: { bundles: [web], groups: [] }, clusters: twins });
    expect(pins.get('a')).toBe(pins.get('b'));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worseHealth } from './combine.ts';
import { healthNeedsStatus, healthOf } from './health-of.ts';
import type { LiveObject } from './model.ts';
import { table } from './table/index.ts';

const coreKinds: readonly (readonly [string, string])[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Pod'],
  ['v1', 'Secret'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['example.com/v1', 'Widget'],
];

const customKinds = table.flatMap(({ groups, rules }) =>
  groups.flatMap((group) =>
    rules.flatMap(({ kinds }) =>
      kinds.map((kind) => [`${group.replace('*', 'any')}/v1`, kind.replace('*', 'Any')] as const),
    ),
  ),
);

/** Names that statuses have, so that the rules' expressions get past their first step. */
const names = [
  'conditions',
  'phase',
  'state',
  'status',
  'message',
  'replicas',
  'observedGeneration',
  'parents',
];
const hostile = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, '', 'True', '0', -1, 1e308, '__proto__', '\u0000\ud800\n'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string()),
      tie('value'),
      {
        maxKeys: 5,
      },
    ),
  ),
})).value;

describe('health', () => {
  it('has an answer for any object, whatever its shape', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...coreKinds, ...customKinds),
        hostile,
        hostile,
        hostile,
        ([apiVersion, kind], metadata, spec, status) => {
          const { status: health, message } = healthOf({ apiVersion, kind, metadata, spec, status });
          expect(health).toMatch(/^(Healthy|Progressing|Degraded|Suspended|Missing|Unknown)$/);
          expect(message.length).toBeLessThanOrEqual(500);
          expect(message.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('has an answer for what is no object at all', () => {
    for (const nothing of [{}, [], { apiVersion: 7, kind: null }]) {
      expect(healthOf(nothing as LiveObject)).toEqual({ status: 'Healthy', message: '' });
    }
  });

  it('doesn’t change what it looks at', () => {
    const status = Object.freeze({
      conditions: Object.freeze([Object.freeze({ type: 'Ready', status: 'True' })]),
    });
    const certificate = Object.freeze({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate', status });
    expect(healthOf(certificate)).toEqual(healthOf(certificate));
  });

  it('is Progressing while an object is being deleted', () => {
    const metadata = { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(healthOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata }).status).toBe('Progressing');
  });

  it('tells nothing of what a Secret holds', () => {
    const status = { conditions: [{ type: 'Stalled', status: 'True', message: 'hunter2' }] };
    expect(healthOf({ apiVersion: 'v1', kind: 'Secret', data: { password: 'hunter2' }, status })).toEqual({
      status: 'Healthy',
      message: '',
    });
  });

  it('keeps a message to one line of bounded length', () => {
    const message = `first\n\tsecond\u0000${'x'.repeat(1_000_000)}`;
    const status = { conditions: [{ type: 'Stalled', status: 'True', message }] };
    const health = healthOf({ apiVersion: 'example.com/v1', kind: 'Widget', status });
    expect(health.message).toMatch(/^first second x+…$/);
    expect(health.message).toHaveLength(500);
  });

  it('of a custom resource without a rule heeds Ready, Stalled and the observed generation', () => {
    const widget = (status: object) =>
      healthOf({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { generation: 2 }, status });
    expect(widget({ conditions: [{ type: 'Ready', status: 'False', message: 'not yet' }] })).toEqual({
      status: 'Progressing',
      message: 'not yet',
    });
    expect(widget({ conditions: [{ type: 'Stalled', status: 'True', message: 'stuck' }] })).toEqual({
      status: 'Degraded',
      message: 'stuck',
    });
    expect(widget({ observedGeneration: 1 }).status).toBe('Progressing');
    expect(widget({ observedGeneration: 2 }).status).toBe('Healthy');
    expect(widget({}).status).toBe('Healthy');
  });

  it('of a custom resource without a rule takes a condition of an older generation for no word at all', () => {
    const conditions = [{ type: 'Ready', status: 'True', observedGeneration: 1 }];
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { generation: 2 } };
    expect(healthOf({ ...widget, status: { conditions } }).status).toBe('Progressing');
  });

  it('of some kinds needs nothing but metadata', () => {
    expect(healthNeedsStatus('', 'ConfigMap')).toBe(false);
    expect(healthNeedsStatus('monitoring.coreos.com', 'ServiceMonitor')).toBe(false);
    expect(healthNeedsStatus('apps', 'Deployment')).toBe(true);
    expect(healthNeedsStatus('batch', 'CronJob')).toBe(true);
    expect(healthNeedsStatus('cert-manager.io', 'Certificate')).toBe(true);
    expect(healthNeedsStatus('example.com', 'Widget')).toBe(true);
  });

  it('of several is that of the worst', () => {
    expect(worseHealth('Healthy', 'Progressing')).toBe('Progressing');
    expect(worseHealth('Degraded', 'Missing')).toBe('Degraded');
  });
});

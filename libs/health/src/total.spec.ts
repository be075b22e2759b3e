import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worseHealth } from './combine.ts';
import { healthNeedsStatus, healthOf } from './health-of.ts';

const kinds: [string, string][] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Pod'],
  ['batch/v1', 'Job'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['example.com/v1', 'Widget'],
];

describe('health', () => {
  it('has an answer for any object, whatever its shape', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        ([apiVersion, kind], metadata, spec, status) => {
          expect(healthOf({ apiVersion, kind, metadata, spec, status }).status).toMatch(/^[A-Z]/);
        },
      ),
    );
  });

  it('is Progressing while an object is being deleted', () => {
    const metadata = { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(healthOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata }).status).toBe('Progressing');
  });

  it('of a custom resource heeds Ready, Stalled and the observed generation', () => {
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
  });

  it('of some kinds needs nothing but metadata', () => {
    expect(healthNeedsStatus('', 'ConfigMap')).toBe(false);
    expect(healthNeedsStatus('apps', 'Deployment')).toBe(true);
    expect(healthNeedsStatus('example.com', 'Widget')).toBe(true);
  });

  it('of several is that of the worst', () => {
    expect(worseHealth('Healthy', 'Progressing')).toBe('Progressing');
    expect(worseHealth('Degraded', 'Missing')).toBe('Degraded');
  });
});

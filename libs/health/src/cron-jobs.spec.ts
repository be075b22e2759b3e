import { describe, expect, it } from 'vitest';
import { healthOf } from './health-of.ts';

const health = (status: object, spec: object = {}) =>
  healthOf({ apiVersion: 'batch/v1', kind: 'CronJob', spec, status });

const earlier = '2026-01-01T10:00:00Z';
const later = '2026-01-01T11:00:00Z';

describe('a CronJob', () => {
  it('is Healthy before its first run and after one that succeeded', () => {
    expect(health({})).toEqual({ status: 'Healthy', message: 'not scheduled yet' });
    expect(health({ lastScheduleTime: earlier, lastSuccessfulTime: later }).status).toBe('Healthy');
  });

  it('is Degraded when the last run ended without success, until one succeeds', () => {
    expect(health({ lastScheduleTime: later, lastSuccessfulTime: earlier }).status).toBe('Degraded');
    expect(health({ lastScheduleTime: later }).status).toBe('Degraded');
  });

  it('is not judged by a run that is still active', () => {
    const active = [{ name: 'backup-1' }];
    expect(health({ lastScheduleTime: later, lastSuccessfulTime: earlier, active }).status).toBe('Healthy');
    expect(health({ lastScheduleTime: later, active }).status).toBe('Progressing');
  });

  it('is Suspended when its spec says so', () => {
    expect(health({ lastScheduleTime: later }, { suspend: true }).status).toBe('Suspended');
  });
});

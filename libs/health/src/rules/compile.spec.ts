import { describe, expect, it } from 'vitest';
import { compileRule } from './compile.ts';
import type { KindRule } from './rule.ts';

const judge = (rule: Omit<KindRule, 'kinds'>, object: object) => {
  const { health, problems } = compileRule({ kinds: ['Widget'], ...rule });
  expect(problems).toEqual([]);
  return health(object as Record<string, unknown>);
};

const ready = (status: string, more: object = {}) => ({
  status: { conditions: [{ type: 'Ready', status, message: 'as the controller says', ...more }] },
});

describe('a rule', () => {
  it('takes True for Healthy, False for Degraded and Unknown for Progressing', () => {
    const rule = { condition: { type: 'Ready' } };
    expect(judge(rule, ready('True'))).toEqual({ status: 'Healthy', message: 'as the controller says' });
    expect(judge(rule, ready('False')).status).toBe('Degraded');
    expect(judge(rule, ready('Unknown')).status).toBe('Progressing');
    expect(judge(rule, { status: { other: 1 } }).status).toBe('Progressing');
  });

  it('may read more into the reason of a condition', () => {
    const rule = { condition: { type: 'Ready', reasons: { Progressing: ['Pending'] } } };
    expect(judge(rule, ready('False', { reason: 'Pending' })).status).toBe('Progressing');
    expect(judge(rule, ready('False', { reason: 'Denied' })).status).toBe('Degraded');
  });

  it('takes a condition of an older generation for Unknown', () => {
    const object = { metadata: { generation: 2 }, ...ready('True', { observedGeneration: 1 }) };
    expect(judge({ condition: { type: 'Ready' } }, object).status).toBe('Progressing');
    expect(
      judge({ checks: [{ when: "conditions.isTrue('Ready')", health: 'Healthy' }] }, object).status,
    ).toBe('Progressing');
  });

  it('waits for a controller that has not seen the newest spec, unless it says not to', () => {
    const object = { metadata: { generation: 2 }, status: { observedGeneration: 1, phase: 'Failed' } };
    const phase = { at: 'status.phase', states: { Degraded: ['Failed'] } };
    expect(judge({ phase }, object)).toEqual({
      status: 'Progressing',
      message: 'the controller has not seen the newest spec yet',
    });
    expect(judge({ phase, ignoresGeneration: true }, object).status).toBe('Degraded');
  });

  it('says Suspended before everything else, for a paused controller observes nothing', () => {
    const object = { metadata: { generation: 2 }, spec: { paused: true }, status: { observedGeneration: 1 } };
    expect(judge({ suspended: 'spec.paused == true' }, object).status).toBe('Suspended');
    expect(judge({ suspended: 'spec.paused == true' }, { spec: {} }).status).toBe('Progressing');
  });

  it('says what an object without a status is', () => {
    expect(judge({}, {})).toEqual({
      status: 'Progressing',
      message: 'the controller has reported nothing yet',
    });
    expect(judge({ noStatus: 'Healthy' }, { status: null })).toEqual({ status: 'Healthy', message: '' });
  });

  it('lets the first check that holds decide, and a missing field hold nothing', () => {
    const rule: Omit<KindRule, 'kinds'> = {
      checks: [
        { when: 'status.missing.deeper == 1', health: 'Unknown' },
        { when: '!(status.missing == 1)', health: 'Unknown' },
        { when: 'status.ready >= spec.replicas', health: 'Healthy' },
        { when: 'status.ready < spec.replicas', health: 'Degraded' },
      ],
    };
    expect(judge(rule, { spec: { replicas: 2 }, status: { ready: 2 } }).status).toBe('Healthy');
    expect(judge(rule, { spec: { replicas: 2 }, status: { ready: 1 } }).status).toBe('Degraded');
  });

  it('fills expressions into a message, and leaves out what is missing', () => {
    const message = '${{ status.ready }} of ${{ status.wanted }}${{ status.missing }} are ready';
    const rule: Omit<KindRule, 'kinds'> = { checks: [{ when: 'true', health: 'Progressing', message }] };
    expect(judge(rule, { status: { ready: 1, wanted: 3 } }).message).toBe('1 of 3 are ready');
  });

  it('explains with what the status says where the rule says nothing', () => {
    const phase = { at: 'status.phase', states: { Degraded: ['Failed'] } };
    expect(judge({ phase }, { status: { phase: 'Failed', message: 'no disk' } }).message).toBe(
      'Failed: no disk',
    );
    const conditions = [
      { type: 'A', status: 'True', message: 'fine' },
      { type: 'B', status: 'False', message: 'no disk' },
    ];
    expect(judge({ phase }, { status: { phase: 'Failed', conditions } }).message).toBe('Failed: no disk');
  });

  it('takes the last of several conditions of one type', () => {
    const conditions = [
      { type: 'Ready', status: 'False' },
      { type: 'Ready', status: 'True' },
    ];
    expect(judge({ condition: { type: 'Ready' } }, { status: { conditions } }).status).toBe('Healthy');
  });

  it('asks parts of a status for their conditions', () => {
    const when = "status.parents.all(p, conditions.of(p).isTrue('Accepted'))";
    const parent = (status: string) => ({ conditions: [{ type: 'Accepted', status }] });
    const rule: Omit<KindRule, 'kinds'> = { checks: [{ when, health: 'Healthy' }] };
    expect(judge(rule, { status: { parents: [parent('True')] } }).status).toBe('Healthy');
    expect(judge(rule, { status: { parents: [parent('True'), parent('False')] } }).status).toBe(
      'Progressing',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { healthNeedsStatus, healthOf } from '../health-of.ts';
import { compileHealthRules } from './health-rules.ts';
import type { HealthRules } from './health-rules.ts';
import type { KindRule, RuleGroup } from './rule.ts';

const widgets = (rule: Omit<KindRule, 'kinds'>, group = 'example.com'): RuleGroup => ({
  groups: [group],
  rules: [{ kinds: ['Widget'], ...rule }],
});

function compiled(group: RuleGroup): HealthRules {
  const result = compileHealthRules([group]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.rules;
}

function problemsOf(rule: Omit<KindRule, 'kinds'>) {
  const result = compileHealthRules([widgets(rule)]);
  return result.ok ? [] : result.problems;
}

describe('rules on top', () => {
  it('decide for a kind that has no rule', () => {
    const rules = compiled(
      widgets({
        checks: [
          { when: "object.status.phase == 'Failed'", health: 'Degraded' },
          { when: "object.status.phase == 'Ready'", health: 'Healthy' },
        ],
      }),
    );
    const widget = (phase: string) => ({ apiVersion: 'example.com/v1', kind: 'Widget', status: { phase } });
    expect(healthOf(widget('Ready'), rules).status).toBe('Healthy');
    expect(healthOf(widget('Failed'), rules).status).toBe('Degraded');
    expect(healthOf(widget('Other'), rules).status).toBe('Progressing');
    expect(healthOf({ apiVersion: 'example.com/v1', kind: 'Widget' }, rules).status).toBe('Progressing');
  });

  it('go before the rules that Muster has', () => {
    const certificates: RuleGroup = {
      groups: ['cert-manager.io'],
      rules: [{ kinds: ['Certificate'], noStatus: 'Healthy', otherwise: 'Healthy' }],
    };
    const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };
    expect(healthOf(certificate).status).toBe('Progressing');
    expect(healthOf(certificate, compiled(certificates)).status).toBe('Healthy');
  });

  it('want whole objects', () => {
    const configMaps: RuleGroup = { groups: [''], rules: [{ kinds: ['ConfigMap'], otherwise: 'Healthy' }] };
    expect(healthNeedsStatus('', 'ConfigMap', compiled(configMaps))).toBe(true);
  });

  it('say rule, field, expression and place of what does not compile, all at once', () => {
    expect(
      problemsOf({
        suspended: 'spec.paused ==',
        checks: [
          { when: "status.phase == 'A' &&\n  nothing.at == 1", health: 'Healthy', message: 'a ${{ 1 + }} b' },
        ],
      }),
    ).toMatchObject([
      { group: 'example.com', kinds: ['Widget'], field: 'suspended', expression: 'spec.paused ==', line: 1 },
      { field: 'checks[0].when', message: 'Unknown variable: nothing', line: 2, column: 3 },
      { field: 'checks[0].message', expression: '1 +' },
    ]);
  });

  it('must give a bool where one is asked for', () => {
    expect(problemsOf({ suspended: "'yes'" })).toMatchObject([
      { message: 'the expression gives string, and bool is needed' },
    ]);
  });

  it('have no regular expressions, for a hostile status could make one run for ever', () => {
    expect(problemsOf({ suspended: "size(status.x) > 0 && status.x.matches('(a+)+b')" })).toMatchObject([
      { message: 'health rules have no matches(): use startsWith, endsWith or contains', line: 1 },
    ]);
  });

  it('cannot look into Secrets', () => {
    const result = compileHealthRules([{ groups: [''], rules: [{ kinds: ['Secret'] }] }]);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ message: 'health rules cannot look into Secrets' }],
    });
  });

  it('are bounded in size', () => {
    expect(problemsOf({ suspended: `status.a == ${'1 + '.repeat(600)}1` })).toHaveLength(1);
  });
});

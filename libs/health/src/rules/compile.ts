import type { Health, HealthStatus, LiveObject } from '../model.ts';
import { numberOf } from '../read.ts';
import { compileExpression, scopeOf } from './expressions.ts';
import type { ExpressionProblem, Scope } from './expressions.ts';
import { hasAll } from './needed-fields.ts';
import { byCondition, byPhase, explainUndecided } from './patterns.ts';
import type { Check, KindRule } from './rule.ts';
import { compileTemplate } from './template.ts';

/** An expression of a rule that doesn't compile. */
export interface RuleProblem extends ExpressionProblem {
  /** Where in the rule: `suspended`, `checks[1].when`, `checks[1].message`. */
  readonly field: string;
  readonly expression: string;
}

export type HealthFunction = (object: LiveObject) => Health;

interface CompiledCheck {
  readonly holds: (scope: Scope) => boolean;
  readonly health: HealthStatus;
  readonly message: ((scope: Scope) => string) | undefined;
}

export interface CompiledRule {
  readonly health: HealthFunction;
  /** Empty unless an expression doesn't compile; such an expression never holds. */
  readonly problems: readonly RuleProblem[];
}

/** Makes a function of a rule's data. The function is total: what can't be evaluated doesn't hold. */
export function compileRule(rule: KindRule): CompiledRule {
  const problems: RuleProblem[] = [];
  const suspended = rule.suspended ? condition(rule.suspended, 'suspended', problems) : undefined;
  const checks = (rule.checks ?? []).map((check, index) => compileCheck(check, index, problems));
  const health = (object: LiveObject): Health => {
    const scope = scopeOf(object);
    if (suspended?.(scope)) return { status: 'Suspended', message: 'it was told to stand still' };
    if (!rule.ignoresGeneration && isBehind(scope)) {
      return { status: 'Progressing', message: 'the controller has not seen the newest spec yet' };
    }
    for (const check of checks) {
      if (check.holds(scope)) return { status: check.health, message: messageOf(check, rule, scope) };
    }
    if (Object.keys(scope.status).length === 0) return silent(rule.noStatus ?? 'Progressing');
    return byPhase(rule.phase, scope) ?? byCondition(rule.condition, scope) ?? undecided(rule, scope);
  };
  return { health, problems };
}

function compileCheck(check: Check, index: number, problems: RuleProblem[]): CompiledCheck {
  const at = `checks[${index}]`;
  return {
    holds: condition(check.when, `${at}.when`, problems),
    health: check.health,
    message:
      check.message === undefined
        ? undefined
        : compileTemplate(check.message, (expression, problem) =>
            problems.push({ field: `${at}.message`, expression, ...problem }),
          ),
  };
}

function condition(expression: string, field: string, problems: RuleProblem[]): (scope: Scope) => boolean {
  const compiled = compileExpression(expression, 'bool');
  if (!compiled.ok) {
    problems.push({ field, expression, ...compiled.problem });
    return () => false;
  }
  return (scope) => {
    if (!hasAll(scope, compiled.needs)) return false;
    try {
      return compiled.evaluate(scope) === true;
    } catch {
      return false;
    }
  };
}

function messageOf(check: CompiledCheck, rule: KindRule, scope: Scope): string {
  const said = check.message?.(scope).trim();
  return said || (check.health === 'Healthy' ? '' : explainUndecided(rule.phase, scope));
}

function isBehind({ metadata, status }: Scope): boolean {
  return numberOf(status.observedGeneration, Infinity) < numberOf(metadata.generation);
}

function undecided({ otherwise = 'Progressing', phase }: KindRule, scope: Scope): Health {
  return { status: otherwise, message: otherwise === 'Healthy' ? '' : explainUndecided(phase, scope) };
}

function silent(status: HealthStatus): Health {
  return { status, message: status === 'Healthy' ? '' : 'the controller has reported nothing yet' };
}

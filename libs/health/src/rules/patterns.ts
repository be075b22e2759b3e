import type { Health, HealthStatus } from '../model.ts';
import { fieldsOf } from '../read.ts';
import { explain } from './explain.ts';
import type { Scope } from './expressions.ts';
import type { ConditionPattern, PhasePattern } from './rule.ts';

export function byPhase(pattern: PhasePattern | undefined, scope: Scope): Health | undefined {
  const phase = phaseOf(pattern, scope);
  const status = pattern && listedIn(pattern.states, phase);
  if (!status) return undefined;
  return { status, message: status === 'Healthy' ? phase : explainPhase(phase, scope) };
}

/** What to say where nothing decided: the state that no rule knows, and what the status says. */
export function explainUndecided(pattern: PhasePattern | undefined, scope: Scope): string {
  return explainPhase(phaseOf(pattern, scope), scope) || 'its status does not say that it is well';
}

function phaseOf(pattern: PhasePattern | undefined, scope: Scope): string {
  const phase = pattern?.at
    .split('.')
    .reduce<unknown>((value, field) => fieldsOf(value)[field], scope.object);
  return typeof phase === 'string' || typeof phase === 'number' ? String(phase) : '';
}

function explainPhase(phase: string, scope: Scope): string {
  const why = explain(scope);
  return phase && why && why !== phase ? `${phase}: ${why}` : phase || why;
}

export function byCondition(pattern: ConditionPattern | undefined, scope: Scope): Health | undefined {
  if (!pattern) return undefined;
  const condition = scope.conditions.find(pattern.type);
  if (!condition) return undefined;
  const status =
    condition.status === 'True'
      ? (pattern.isTrue ?? 'Healthy')
      : (listedIn(pattern.reasons ?? {}, condition.reason) ??
        (condition.status === 'False'
          ? (pattern.isFalse ?? 'Degraded')
          : (pattern.isUnknown ?? 'Progressing')));
  const said = condition.message || condition.reason;
  if (status === 'Healthy') return { status, message: said };
  return { status, message: said || explain(scope) || `${condition.type} is ${condition.status}` };
}

function listedIn(
  lists: Readonly<Partial<Record<HealthStatus, readonly string[]>>>,
  word: string,
): HealthStatus | undefined {
  for (const status in lists) {
    if (lists[status as HealthStatus]?.includes(word)) return status as HealthStatus;
  }
  return undefined;
}

export { worseHealth } from './combine.ts';
export { healthNeedsStatus, healthOf } from './health-of.ts';
export type { Health, HealthStatus, LiveObject } from './model.ts';
export { compileHealthRules } from './rules/health-rules.ts';
export type { HealthRuleProblem, HealthRules, HealthRulesResult } from './rules/health-rules.ts';
export type { Check, ConditionPattern, KindRule, PhasePattern, RuleGroup } from './rules/rule.ts';

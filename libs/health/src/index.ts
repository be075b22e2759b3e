export { worseHealth } from './combine.ts';
export { healthNeedsStatus, healthOf } from './health-of.ts';
export { plainLine } from './message.ts';
export type { Health, HealthStatus, LiveObject } from './model.ts';
export { comparePodProblems, podProblem } from './pod-problems.ts';
export type { PodProblem } from './pod-problems.ts';
export { compileHealthRules } from './rules/health-rules.ts';
export type { HealthRuleProblem, HealthRules, HealthRulesResult } from './rules/health-rules.ts';
export type { Check, ConditionPattern, KindRule, PhasePattern, RuleGroup } from './rules/rule.ts';

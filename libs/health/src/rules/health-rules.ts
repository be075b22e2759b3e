import { compileRule } from './compile.ts';
import type { HealthFunction, RuleProblem } from './compile.ts';
import type { RuleGroup } from './rule.ts';

/** An expression that doesn't compile, and the rule that it is in. */
export interface HealthRuleProblem extends RuleProblem {
  readonly group: string;
  readonly kinds: readonly string[];
}

export type HealthRulesResult =
  | { readonly ok: true; readonly rules: HealthRules }
  | { readonly ok: false; readonly problems: readonly HealthRuleProblem[] };

/** Rules of a user's, compiled, to go before those that Muster has. */
export class HealthRules {
  readonly #functions: ReadonlyMap<string, HealthFunction>;

  constructor(functions: ReadonlyMap<string, HealthFunction>) {
    this.#functions = functions;
  }

  has(group: string, kind: string): boolean {
    return this.healthFunction(group, kind) !== undefined;
  }

  healthFunction(group: string, kind: string): HealthFunction | undefined {
    return this.#functions.get(`${group}/${kind}`) ?? this.#functions.get(`${group}/*`);
  }
}

/**
 * Compiles rules that go before Muster's own, all at once, or says everything that is wrong with them. Of several
 * for one kind the last counts. Groups are named exactly. Secrets are refused: a message could tell what they hold.
 */
export function compileHealthRules(groups: readonly RuleGroup[]): HealthRulesResult {
  const functions = new Map<string, HealthFunction>();
  const problems: HealthRuleProblem[] = [];
  for (const { groups: names, rules } of groups) {
    for (const rule of rules) {
      const { health, problems: found } = compileRule(rule);
      for (const group of names) {
        problems.push(...found.map((problem) => ({ group, kinds: rule.kinds, ...problem })));
        if (group === '' && rule.kinds.some((kind) => kind === 'Secret' || kind === '*')) {
          problems.push({ group, kinds: rule.kinds, ...secretsRefused });
        }
        for (const kind of rule.kinds) functions.set(`${group}/${kind}`, health);
      }
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules: new HealthRules(functions) };
}

const secretsRefused = {
  field: 'kinds',
  expression: '',
  message: 'health rules cannot look into Secrets',
  line: 1,
  column: 1,
} as const;

import { compileRule } from './compile.ts';
import type { HealthFunction } from './compile.ts';
import type { KindRule, RuleGroup } from './rule.ts';

/** Finds the rule of a kind, and compiles it when the first object of the kind is seen. */
export class RuleTable {
  readonly #exact = new Map<string, Map<string, KindRule>>();
  /** `.crossplane.io` for `*.crossplane.io`. */
  readonly #below: (readonly [suffix: string, kinds: Map<string, KindRule>])[] = [];
  readonly #compiled = new Map<KindRule, HealthFunction>();

  constructor(groups: Iterable<RuleGroup>) {
    for (const { groups: names, rules } of groups) {
      for (const name of names) {
        const kinds = this.#kindsOf(name);
        for (const rule of rules) for (const kind of rule.kinds) kinds.set(kind, rule);
      }
    }
  }

  healthFunction(group: string, kind: string): HealthFunction | undefined {
    const rule = this.ruleOf(group, kind);
    if (!rule) return undefined;
    let compiled = this.#compiled.get(rule);
    if (!compiled) this.#compiled.set(rule, (compiled = compileRule(rule).health));
    return compiled;
  }

  /** True where a rule asks for nothing of the object at all. */
  isAlwaysHealthy(group: string, kind: string): boolean {
    const rule = this.ruleOf(group, kind);
    return (
      rule?.noStatus === 'Healthy' &&
      rule.otherwise === 'Healthy' &&
      !rule.suspended &&
      !rule.checks &&
      !rule.phase &&
      !rule.condition
    );
  }

  /** The kind's own rule goes before `*`, an exact group before a wildcard. */
  ruleOf(group: string, kind: string): KindRule | undefined {
    const kinds = this.#exact.get(group);
    const exact = kinds?.get(kind) ?? kinds?.get('*');
    if (exact) return exact;
    for (const [suffix, below] of this.#below) {
      if (!group.endsWith(suffix)) continue;
      const rule = below.get(kind) ?? below.get('*');
      if (rule) return rule;
    }
    return undefined;
  }

  #kindsOf(name: string): Map<string, KindRule> {
    if (!name.startsWith('*.')) {
      let kinds = this.#exact.get(name);
      if (!kinds) this.#exact.set(name, (kinds = new Map<string, KindRule>()));
      return kinds;
    }
    const suffix = name.slice(1);
    let entry = this.#below.find(([known]) => known === suffix);
    if (!entry) this.#below.push((entry = [suffix, new Map<string, KindRule>()]));
    return entry[1];
  }
}

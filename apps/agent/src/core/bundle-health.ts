import { compileHealthRules, healthNeedsStatus, healthOf } from '@muster/health';
import type { Health, HealthRules, RuleGroup } from '@muster/health';
import type { KubeObject } from '@muster/kube';
import { bundleLabel } from '@muster/manifest';
import type { HealthExpression, Policy } from '@muster/manifest';

interface BundleRules {
  readonly print: string;
  readonly expressions: readonly HealthExpression[];
  readonly rules: HealthRules | undefined;
}

/** A bundle, as far as its health rules go. */
export interface RuledBundle {
  readonly bundle: string;
  readonly policy: Pick<Policy, 'health'>;
}

/** The rules that bundles bring for the health of their own objects, which go before those that Muster has. */
export class BundleHealth {
  #byBundle = new Map<string, BundleRules>();

  /** Takes the rules of exactly these bundles over; answers the kinds, as `<group>/<Kind>`, of which any differs. */
  update(bundles: readonly RuledBundle[]): ReadonlySet<string> {
    const changed = new Set<string>();
    const next = new Map<string, BundleRules>();
    for (const { bundle, policy } of bundles) {
      if (!policy.health?.length) continue;
      const known = this.#byBundle.get(bundle);
      const print = JSON.stringify(policy.health);
      const rules =
        known?.print === print
          ? known
          : { print, expressions: policy.health, rules: compileBundleRules(policy.health) };
      next.set(bundle, rules);
      if (rules !== known) note(changed, rules);
    }
    for (const [bundle, rules] of this.#byBundle) if (next.get(bundle) !== rules) note(changed, rules);
    this.#byBundle = next;
    return changed;
  }

  /** By the rules of the bundle that the object bears the label of. */
  of(object: KubeObject): Health {
    return healthOf(object, this.rulesOf(object.metadata.labels?.[bundleLabel] ?? ''));
  }

  rulesOf(bundle: string): HealthRules | undefined {
    return this.#byBundle.get(bundle)?.rules;
  }

  /** Rules may look at what the metadata doesn't tell, whatever the kind. */
  needsStatus(group: string, kind: string): boolean {
    if (healthNeedsStatus(group, kind)) return true;
    for (const { rules } of this.#byBundle.values()) if (rules?.has(group, kind)) return true;
    return false;
  }
}

function note(kinds: Set<string>, { expressions }: BundleRules): void {
  for (const { target } of expressions) kinds.add(`${target.group}/${target.kind}`);
}

/** What doesn't compile was refused with its commit; where an older hub let it pass, the bundle goes without its rules. */
export function compileBundleRules(expressions: readonly HealthExpression[]): HealthRules | undefined {
  const result = compileHealthRules(expressions.map(ruleOf));
  return result.ok ? result.rules : undefined;
}

/** An expression that cannot be evaluated, because a field is missing, doesn't hold: then the object is Progressing. */
function ruleOf({ target: { group, kind }, healthy, degraded }: HealthExpression): RuleGroup {
  const checks = [
    ...(degraded === undefined ? [] : [{ when: degraded, health: 'Degraded' as const }]),
    { when: healthy, health: 'Healthy' as const },
  ];
  return { groups: [group], rules: [{ kinds: [kind], checks }] };
}

import type { RequestInfo, Verb } from '../http/request-info.ts';

/** Which requests a fault is for; what isn't said matches everything. */
export interface FaultMatcher {
  readonly verbs?: readonly Verb[];
  readonly group?: string;
  /** Plural, as in the path: `deployments`. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export type FaultEffect =
  /** The answer is late. */
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** 429: too many requests; `Retry-After` if a number is given. */
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  /** An answer with this status and a `Status` body. */
  | { readonly kind: 'fail'; readonly code: number; readonly message?: string }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'disconnect' }
  /** A watch is cut after so many events, in the middle of a line. */
  | { readonly kind: 'break-watch'; readonly afterEvents: number }
  /** A watch is told 410 Expired at once. */
  | { readonly kind: 'expire-watch' };

export interface FaultRule {
  readonly match?: FaultMatcher;
  readonly effect: FaultEffect;
  /** How many requests it hits; every one, if it isn't said. */
  readonly times?: number;
}

/** What a test or a demo breaks on purpose. The first rule of a kind that matches a request counts. */
export interface Faults {
  /** The returned function takes the rule back. */
  add(rule: FaultRule): () => void;
  clear(): void;
}

const matches = (matcher: FaultMatcher, info: RequestInfo | undefined): boolean => {
  if (info === undefined) return Object.keys(matcher).length === 0;
  return (
    matcher.verbs?.includes(info.verb) !== false &&
    (matcher.group === undefined || matcher.group === info.resource.group) &&
    (matcher.resource === undefined || matcher.resource === info.resource.plural) &&
    (matcher.namespace === undefined || matcher.namespace === info.namespace) &&
    (matcher.name === undefined || matcher.name === info.name)
  );
};

interface ActiveRule {
  readonly rule: FaultRule;
  left: number;
}

export class FaultRules implements Faults {
  readonly #rules = new Set<ActiveRule>();

  add(rule: FaultRule): () => void {
    const active: ActiveRule = { rule, left: rule.times ?? Infinity };
    this.#rules.add(active);
    return () => void this.#rules.delete(active);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** What happens to this request: one effect of each kind at most. Counts it for the rules that hit. */
  effectsOn(info: RequestInfo | undefined): readonly FaultEffect[] {
    if (this.#rules.size === 0) return [];
    const effects = new Map<string, FaultEffect>();
    for (const active of this.#rules) {
      const { effect, match = {} } = active.rule;
      const isForWatch = effect.kind === 'break-watch' || effect.kind === 'expire-watch';
      if (effects.has(effect.kind) || !matches(match, info) || (isForWatch && info?.verb !== 'watch'))
        continue;
      effects.set(effect.kind, effect);
      active.left -= 1;
      if (active.left <= 0) this.#rules.delete(active);
    }
    return [...effects.values()];
  }
}

import type { HealthStatus } from '../model.ts';

/**
 * The rules of some API groups, as data: what `status` means by the API's own contract. `docs/health.md` tells how
 * to write one. Expressions are CEL over `object`, `metadata`, `spec`, `status` and `conditions`.
 */
export interface RuleGroup {
  /** API groups; `*.example.com` stands for every group below `example.com`. An exact group goes before it. */
  readonly groups: readonly string[];
  readonly rules: readonly KindRule[];
}

/**
 * What decides, in this order: `suspended`; an older observed generation; `checks`; a missing status; `phase`;
 * `condition`; `otherwise`.
 */
export interface KindRule {
  /** `*` stands for every kind that no other rule of the group names. */
  readonly kinds: readonly string[];
  /** Holds where the object was told to stand still. Decides first: a paused controller observes nothing either. */
  readonly suspended?: string;
  /** For controllers that don't keep `status.observedGeneration` true; for all others an older one is Progressing. */
  readonly ignoresGeneration?: true;
  /** The first that holds decides. */
  readonly checks?: readonly Check[];
  /** The health of an object without a status; Progressing if not said. */
  readonly noStatus?: HealthStatus;
  readonly phase?: PhasePattern;
  readonly condition?: ConditionPattern;
  /** Where nothing else decides; Progressing if not said. */
  readonly otherwise?: HealthStatus;
}

export interface Check {
  /** CEL that gives a bool. What can't be evaluated, because a field is missing, doesn't hold. */
  readonly when: string;
  readonly health: HealthStatus;
  /** Text with CEL in `${{ … }}`. Without it, what the status itself says for people. */
  readonly message?: string;
}

/** A field that names the state which the object is in. A state that isn't listed decides nothing. */
export interface PhasePattern {
  /** A path such as `status.phase`. */
  readonly at: string;
  readonly states: Readonly<Partial<Record<HealthStatus, readonly string[]>>>;
}

/**
 * A condition that says how the object is. True is Healthy, False Degraded, and Unknown Progressing, unless the rule
 * says otherwise. One about an older generation counts as Unknown; a missing one decides nothing.
 */
export interface ConditionPattern {
  readonly type: string;
  readonly isTrue?: HealthStatus;
  readonly isFalse?: HealthStatus;
  readonly isUnknown?: HealthStatus;
  /** Reasons that say more than the status does, of a condition that is not True. */
  readonly reasons?: Readonly<Partial<Record<HealthStatus, readonly string[]>>>;
}

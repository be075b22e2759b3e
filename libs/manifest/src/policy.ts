import { compareCodePoints } from './code-points.ts';
import type { Decoded } from './decoded.ts';
import { decoded, decodeVersioned, invalid } from './decoded.ts';
import { policySchema } from './policy-schema.ts';

/** Kustomize's object selector: every part that is given must fit. Patterns are RE2's, over the whole value. */
export interface ObjectSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** As kubectl's `-l` writes it. */
  readonly labelSelector?: string;
}

/** Differences that are neither reported nor corrected: these fields, or whatever these managers own; of all objects, or of some. */
export interface IgnoredDifference {
  readonly target?: ObjectSelector;
  /** JSON pointers that also take `*` and `[name=x]`. */
  readonly fields?: readonly string[];
  readonly managers?: readonly string[];
}

/** What makes objects of a kind healthy: CEL over `object`. */
export interface HealthExpression {
  readonly target: { readonly group: string; readonly kind: string };
  readonly healthy: string;
  readonly degraded?: string;
}

export interface Dependency {
  readonly bundle: string;
  /** Nothing is waited for where it isn't assigned. */
  readonly optional?: true;
}

/**
 * How an assignment is to be applied. Travels as bytes that are hashed as they are; whoever reads them ignores
 * fields that it doesn't know, because what an agent must know stands in the assignment's required features.
 * Only what differs from the default is there; the values that are the default are named here.
 */
export interface Policy {
  /** The default of namespaced objects; made if missing, never deleted. */
  readonly namespace?: string;
  /** What left the bundle is reported, not deleted. Default: true. */
  readonly prune?: false;
  /** Drift is reported, not corrected. Default: Correct. */
  readonly drift?: 'Notify';
  /** What becomes of the objects when the bundle leaves the cluster. Default: Delete. */
  readonly onRemoval?: 'Orphan';
  /** What happens to fields that another manager owns. Default: Force. */
  readonly conflicts?: 'Fail';
  /** What becomes of objects that were there before, once they leave the bundle. Default: Keep. */
  readonly adopted?: 'Prune';
  /** Impersonated, in the bundle's namespace. Default: the agent itself. */
  readonly serviceAccount?: string;
  /** Seconds after which what is waited for counts as failed. Default: `defaultHealthTimeoutS`. */
  readonly healthTimeoutS?: number;
  /** By bundle's name. */
  readonly dependsOn?: readonly Dependency[];
  readonly ignoreDifferences?: readonly IgnoredDifference[];
  /** Goes before the rules that Muster has. */
  readonly health?: readonly HealthExpression[];
}

export const defaultHealthTimeoutS = 300;

const encoder = new TextEncoder();

/** Sorted keys, no spaces, and only what differs from the default, so that equal policies are equal bytes. */
export function encodePolicy(policy: Policy): Uint8Array {
  return encoder.encode(JSON.stringify(sorted({ ...policy, version: 1 })));
}

/** Keys by code point, at every depth; what is undefined is left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, member]) => member !== undefined);
  fields.sort(([a], [b]) => compareCodePoints(a, b));
  return Object.fromEntries(fields.map(([key, member]) => [key, sorted(member)]));
}

export function decodePolicy(bytes: Uint8Array): Decoded<Policy> {
  if (bytes.length === 0) return decoded({});
  const fields = decodeVersioned(bytes, 'policy');
  if (!fields.ok) return fields;
  const read = policySchema.safeParse(fields.value);
  if (read.success) return decoded(read.data);
  const [issue] = read.error.issues;
  return invalid(`the policy's field ${issue?.path.join('.') ?? ''} cannot be read`);
}

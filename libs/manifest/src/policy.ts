import { decoded, decodeVersioned, invalid } from './decoded.ts';
import type { Decoded } from './decoded.ts';
import { compareCodePoints } from './code-points.ts';

/**
 * How an assignment is to be applied. Travels as bytes that are hashed as they are; whoever reads them ignores
 * fields that it doesn't know, because what an agent must know stands in the assignment's required features.
 */
export interface Policy {
  /** The default of namespaced objects; made if missing, never deleted. */
  readonly namespace?: string;
}

const encoder = new TextEncoder();

/** Sorted keys, no spaces, and only what differs from the default, so that equal policies are equal bytes. */
export function encodePolicy(policy: Policy): Uint8Array {
  const fields: [string, unknown][] = Object.entries({ ...policy, version: 1 });
  const given = fields.filter(([, value]) => value !== undefined);
  given.sort(([a], [b]) => compareCodePoints(a, b));
  return encoder.encode(JSON.stringify(Object.fromEntries(given)));
}

export function decodePolicy(bytes: Uint8Array): Decoded<Policy> {
  if (bytes.length === 0) return decoded({});
  const fields = decodeVersioned(bytes, 'policy');
  if (!fields.ok) return fields;
  const { namespace } = fields.value;
  if (namespace === undefined) return decoded({});
  if (typeof namespace !== 'string' || !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    return invalid('the namespace of the policy is not a DNS label');
  }
  return decoded({ namespace });
}

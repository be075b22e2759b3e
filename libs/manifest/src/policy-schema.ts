import { z } from 'zod';
import type { Policy } from './policy.ts';

/*
 * The form of a policy's bytes. Unknown fields are left out rather than refused, because a newer hub may add them. A
 * field that is given but isn't understood is refused: its default would do what nobody asked for.
 */

const dnsLabel = z.string().regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
const text = z.string().max(4096);

const objectSelector = z.object({
  group: text.exactOptional(),
  version: text.exactOptional(),
  kind: text.exactOptional(),
  name: text.exactOptional(),
  namespace: text.exactOptional(),
  labelSelector: text.exactOptional(),
});

export const policySchema: z.ZodType<Policy> = z.object({
  namespace: dnsLabel.exactOptional(),
  prune: z.literal(false).exactOptional(),
  drift: z.literal('Notify').exactOptional(),
  onRemoval: z.literal('Orphan').exactOptional(),
  conflicts: z.literal('Fail').exactOptional(),
  adopted: z.literal('Prune').exactOptional(),
  serviceAccount: z
    .string()
    .max(253)
    .regex(/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/)
    .exactOptional(),
  healthTimeoutS: z.int().positive().exactOptional(),
  dependsOn: z
    .array(z.object({ bundle: dnsLabel, optional: z.literal(true).exactOptional() }))
    .exactOptional(),
  ignoreDifferences: z
    .array(
      z.object({
        target: objectSelector.exactOptional(),
        fields: z.array(text).exactOptional(),
        managers: z.array(text).exactOptional(),
      }),
    )
    .exactOptional(),
  health: z
    .array(
      z.object({
        target: z.object({ group: text, kind: text }),
        healthy: text,
        degraded: text.exactOptional(),
      }),
    )
    .exactOptional(),
});

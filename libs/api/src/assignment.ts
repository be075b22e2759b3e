import { z } from 'zod';
import { HealthStatus, pageOf, SyncStatus, Timestamp } from './common.ts';

/** Names a live object; `group` is empty for the core group, `namespace` for cluster-wide kinds. */
export const ObjectRef = z.object({
  group: z.string(),
  version: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
});
export type ObjectRef = z.infer<typeof ObjectRef>;

/** One field of a live object that is not as its manifest says. */
export const FieldDifference = z.object({
  path: z.string().meta({ description: 'A JSON pointer, with `[name=x]` for items that have names.' }),
  desired: z.string().meta({ description: 'JSON; empty where it is not to be there, and for Secrets.' }),
  live: z.string().meta({ description: 'JSON; empty where it is gone, and for Secrets.' }),
  manager: z.string().meta({ description: 'Who changed it, where the cluster tells.' }),
});
export type FieldDifference = z.infer<typeof FieldDifference>;

/** An object that is not as it should be. */
export const ObjectStatus = ObjectRef.extend({
  sync: SyncStatus,
  health: HealthStatus,
  reason: z
    .string()
    .meta({ description: 'One word for programs: Conflict, OwnedByOther, Refused, PruneHeld, …' }),
  message: z.string().meta({ description: 'One sentence for people; never a value of a Secret.' }),
  differences: z.array(FieldDifference).optional().meta({
    description: 'Where it was seen to differ from its manifest, and is not corrected; at most 20.',
  }),
});
export type ObjectStatus = z.infer<typeof ObjectStatus>;

/** One bundle on one cluster. */
export const Assignment = z
  .object({
    cluster: z.string(),
    bundle: z.string(),
    revision: z.string().meta({ description: 'The commit that it is pinned to.' }),
    manifestDigest: z.string(),
    sync: SyncStatus,
    health: HealthStatus,
    reason: z.string(),
    message: z.string(),
    warnings: z.array(z.string()),
    objectCount: z.int().nonnegative(),
    objectProblemCount: z.int().nonnegative(),
    objects: z
      .array(ObjectStatus)
      .meta({ description: 'Only those that are not as they should be, the worst first.' }),
    observedAt: Timestamp.nullable().meta({ description: 'When the cluster was last seen to be so.' }),
    lastKnown: z
      .object({ sync: SyncStatus, health: HealthStatus, manifestDigest: z.string(), observedAt: Timestamp })
      .nullable()
      .meta({
        description: 'Of a cluster that is silent: what it said last, while sync and health are Unknown.',
      }),
    paused: z.boolean(),
  })
  .meta({ id: 'Assignment' });
export type Assignment = z.infer<typeof Assignment>;

export const AssignmentPage = pageOf(Assignment).meta({ id: 'AssignmentPage' });

/** An object of an assignment's manifest, or one that the assignment still owns. */
export const FleetObject = ObjectStatus.extend({
  cluster: z.string(),
  bundle: z.string(),
  images: z.array(z.string()),
}).meta({ id: 'Object' });
export type FleetObject = z.infer<typeof FleetObject>;

export const FleetObjectPage = pageOf(FleetObject).meta({ id: 'ObjectPage' });

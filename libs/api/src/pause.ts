import { z } from 'zod';
import { pageOf, Timestamp } from './common.ts';

/** A stop of all writes to what it covers, durable at the agents too. */
export const Pause = z.object({
  scope: z.enum(['All', 'Bundle', 'Cluster']),
  name: z.string().meta({ description: 'Of the bundle or cluster; empty for `All`.' }),
  reason: z.string(),
  by: z.string(),
  since: Timestamp,
});
export type Pause = z.infer<typeof Pause>;

/** What to pause; exactly one of the first four is given. A label selector means the clusters that match it now. */
export const PauseRequest = z
  .strictObject({
    all: z.literal(true).optional(),
    bundle: z.string().optional(),
    clusters: z.array(z.string()).min(1).optional(),
    labelSelector: z.string().min(1).optional(),
    reason: z.string().max(1024).default(''),
  })
  .refine(
    (it) =>
      [it.all, it.bundle, it.clusters, it.labelSelector].filter((one) => one !== undefined).length === 1,
    {
      message: 'Give exactly one of all, bundle, clusters and labelSelector.',
    },
  );
export type PauseRequest = z.input<typeof PauseRequest>;

/** Query of `DELETE /api/v1/pauses`: what to resume; exactly one is given. */
export const ResumeQuery = z
  .strictObject({
    all: z.literal('true').optional(),
    bundle: z.string().optional(),
    cluster: z.union([z.string(), z.array(z.string())]).optional(),
    labelSelector: z.string().min(1).optional(),
  })
  .refine((it) => Object.values(it).filter((one) => one !== undefined).length === 1, {
    message: 'Give exactly one of all, bundle, cluster and labelSelector.',
  });
export type ResumeQuery = z.infer<typeof ResumeQuery>;

/** Answer to a pause (those that now stand) and to a resume (those that were lifted; empty when nothing was paused). */
export const PauseList = z.object({ items: z.array(Pause) });

export const PausePage = pageOf(Pause).meta({ id: 'PausePage' });

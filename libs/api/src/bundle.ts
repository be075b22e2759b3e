import { z } from 'zod';
import { HealthStatus, Labels, pageOf, RepoProblem, SourceLocation, SyncStatus } from './common.ts';
import { Pause } from './pause.ts';

/** `Failing`: it does not render at the newest good revision; it stays at `revision` everywhere. */
export const BundleState = z.enum(['Good', 'Failing']);
export type BundleState = z.infer<typeof BundleState>;

export const Bundle = z
  .object({
    name: z.string(),
    labels: Labels,
    namespace: z.string().nullable(),
    source: z.object({ kind: z.literal('manifests'), path: z.string(), include: z.array(z.string()) }),
    definedIn: SourceLocation,
    state: BundleState,
    revision: z.string().nullable().meta({
      description: 'The commit that it was last changed by and rendered at; null when it never rendered.',
    }),
    problems: z.array(RepoProblem).meta({ description: 'Why it is Failing.' }),
    targets: z.int().nonnegative().meta({ description: 'How many clusters it is assigned to.' }),
    synced: z.int().nonnegative(),
    healthy: z.int().nonnegative(),
    sync: SyncStatus,
    health: HealthStatus,
    objectCount: z.int().nonnegative().meta({ description: 'Objects of its manifest.' }),
    paused: Pause.nullable(),
  })
  .meta({ id: 'Bundle' });
export type Bundle = z.infer<typeof Bundle>;

export const BundlePage = pageOf(Bundle).meta({ id: 'BundlePage' });

import { z } from 'zod';
import { HealthStatus, SyncStatus, Timestamp } from './common.ts';
import { Pause } from './pause.ts';
import { Revision } from './revision.ts';

const SyncCounts = z.record(SyncStatus, z.int().nonnegative());
const HealthCounts = z.record(HealthStatus, z.int().nonnegative());

/** Something that a person should look at. */
export const Attention = z.object({
  kind: z.enum(['Repo', 'Revision', 'Bundle', 'Cluster', 'Assignment']),
  name: z.string().meta({ description: '`checkout`, `eu-1`, or `checkout on eu-1` for an assignment.' }),
  message: z.string(),
});
export type Attention = z.infer<typeof Attention>;

/** The fleet at a glance. */
export const FleetStatus = z
  .object({
    fleet: z.string().meta({ description: "The hub's uuid." }),
    version: z.string().meta({ description: "The hub's." }),
    epoch: z.int().nonnegative(),
    repo: z.object({
      url: z.string().meta({ description: 'Without credentials.' }),
      ref: z.string(),
      path: z.string(),
      fetchedAt: Timestamp.nullable(),
      error: z.string().nullable().meta({ description: 'Why the last fetch failed.' }),
    }),
    newestRevision: Revision.nullable(),
    goodRevision: Revision.nullable().meta({
      description: 'The newest good one: what the fleet is brought to.',
    }),
    clusters: z.object({
      total: z.int(),
      connected: z.int(),
      paused: z.int(),
      sync: SyncCounts,
      health: HealthCounts,
    }),
    bundles: z.object({ total: z.int(), failing: z.int(), paused: z.int() }),
    assignments: z.object({ total: z.int(), sync: SyncCounts, health: HealthCounts }),
    pauses: z.array(Pause).meta({ description: 'The widest first; at most 20.' }),
    attention: z.array(Attention).meta({ description: 'The worst first; at most 20.' }),
  })
  .meta({ id: 'FleetStatus' });
export type FleetStatus = z.infer<typeof FleetStatus>;

/** `GET /api/v1/version`. */
export const HubVersion = z.object({ version: z.string(), fleet: z.string() }).meta({ id: 'HubVersion' });
export type HubVersion = z.infer<typeof HubVersion>;

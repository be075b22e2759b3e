import { z } from 'zod';
import {
  HealthStatus,
  Labels,
  pageOf,
  SourceLocation,
  StateVersion,
  SyncStatus,
  Timestamp,
} from './common.ts';
import { Pause } from './pause.ts';

/** Who gave a label: Git goes before the hub's register, that before the join token. */
export const LabelSource = z.enum(['Git', 'Register', 'Token']);
export type LabelSource = z.infer<typeof LabelSource>;

export const AssignmentCounts = z.object({
  total: z.int().nonnegative(),
  synced: z.int().nonnegative(),
  healthy: z.int().nonnegative(),
});

/** A registered cluster, or one that Git declares and that hasn't joined yet (`enrolledAt` null). */
export const Cluster = z
  .object({
    name: z.string(),
    uid: z.string().nullable().meta({ description: 'Of its namespace kube-system.' }),
    labels: Labels,
    labelSources: z.record(z.string(), LabelSource),
    annotations: Labels,
    definedIn: SourceLocation.nullable().meta({ description: 'Where Git declares it.' }),
    enrolledAt: Timestamp.nullable(),
    connected: z.boolean(),
    lastSeen: Timestamp.nullable(),
    kubernetesVersion: z.string().nullable(),
    agentVersion: z.string().nullable(),
    sync: SyncStatus.meta({
      description: 'The worst of its assignments; Synced when it has none and is connected.',
    }),
    health: HealthStatus,
    assignments: AssignmentCounts,
    desired: StateVersion.nullable(),
    applied: StateVersion.nullable().meta({
      description: 'The newest desired state that is durable in the cluster.',
    }),
    paused: Pause.nullable().meta({ description: 'The widest pause that covers it.' }),
    removal: z.object({ since: Timestamp, by: z.string() }).nullable().meta({
      description: 'Set while its workloads are being deleted, after which it is removed.',
    }),
  })
  .meta({ id: 'Cluster' });
export type Cluster = z.infer<typeof Cluster>;

export const ClusterPage = pageOf(Cluster).meta({ id: 'ClusterPage' });

/** `POST /api/v1/clusters/{name}/labels`: changes the hub's register. A label that Git gives cannot be changed here. */
export const ClusterLabelsRequest = z.strictObject({
  set: Labels.default({}),
  remove: z.array(z.string()).default([]),
});
export type ClusterLabelsRequest = z.input<typeof ClusterLabelsRequest>;

/** `DELETE /api/v1/clusters/{name}`: with `workloads=delete` the cluster is removed once nothing of it remains. */
export const ClusterRemovalQuery = z.strictObject({ workloads: z.enum(['keep', 'delete']).default('keep') });
export type ClusterRemovalQuery = z.infer<typeof ClusterRemovalQuery>;

/** `POST /api/v1/join-tokens`. Without a name the token is open to any new name. */
export const JoinTokenRequest = z.strictObject({
  name: z.string().optional(),
  labels: Labels.default({}),
  expiresInSeconds: z
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(3600),
  maxUses: z.int().min(1).max(10_000).default(1),
});
export type JoinTokenRequest = z.input<typeof JoinTokenRequest>;

export const JoinToken = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    labels: Labels,
    createdAt: Timestamp,
    expiresAt: Timestamp,
    maxUses: z.int(),
    uses: z.int(),
  })
  .meta({ id: 'JoinToken' });
export type JoinToken = z.infer<typeof JoinToken>;

/** The one answer that shows the secret. */
export const NewJoinToken = JoinToken.extend({
  token: z.string(),
  enrolmentAddress: z.string().meta({ description: '`host:port` that the agent is to be given.' }),
}).meta({ id: 'NewJoinToken' });
export type NewJoinToken = z.infer<typeof NewJoinToken>;

export const JoinTokenPage = pageOf(JoinToken).meta({ id: 'JoinTokenPage' });

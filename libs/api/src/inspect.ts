import { z } from 'zod';
import { ObjectRef } from './assignment.ts';
import { HealthStatus, Timestamp } from './common.ts';

/** What of a bundle in a cluster is meant: every part that is given must fit. Without any, all of it. */
export const ObjectQuery = z.strictObject({
  group: z.string().max(253).default(''),
  kind: z
    .string()
    .max(253)
    .default('')
    .meta({ description: '`Deployment`, `deployments` or `deploy`, in any case.' }),
  namespace: z.string().max(253).default(''),
  name: z.string().max(253).default(''),
});

export const LogsQuery = ObjectQuery.extend({
  container: z.string().max(253).default('').meta({ description: 'Only this one of each Pod.' }),
  follow: z.stringbool().default(false).meta({ description: 'Go on until the containers end.' }),
  previous: z.stringbool().default(false).meta({ description: 'Of the instances before the last restart.' }),
  tailLines: z.coerce.number().int().min(0).max(1_000_000).default(100).meta({
    description: 'Of each container; 0 for all, as far as the cluster keeps it and it is below 10 MiB.',
  }),
  sinceSeconds: z.coerce.number().int().min(0).max(2_592_000).default(0),
});

/** Told in sentences: what may not be read, or was too much. */
const notices = z.array(z.string()).meta({ description: 'What is left out, and why.' });

/** An object in a cluster: one of the manifest, or one that such an object owns. */
export const TreeNode = ObjectRef.extend({
  uid: z.string().meta({ description: 'Empty where there is no such object.' }),
  parentUid: z.string().meta({ description: 'Of the node that owns it; empty for objects of the manifest.' }),
  health: HealthStatus,
  message: z.string(),
  createdAt: Timestamp.nullable(),
  terminating: z.boolean(),
}).meta({ id: 'TreeNode' });
export type TreeNode = z.infer<typeof TreeNode>;

export const BundleTree = z
  .object({
    cluster: z.string(),
    bundle: z.string(),
    nodes: z.array(TreeNode).meta({ description: 'Each after the one that owns it.' }),
    notices,
  })
  .meta({ id: 'BundleTree' });
export type BundleTree = z.infer<typeof BundleTree>;

export const LiveObject = z
  .object({
    cluster: z.string(),
    bundle: z.string(),
    node: TreeNode,
    object: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'As it is in the cluster, what Secrets hold masked; null where there is none.' }),
  })
  .meta({ id: 'LiveObject' });
export type LiveObject = z.infer<typeof LiveObject>;

export const ObjectChange = z.enum(['None', 'Create', 'Update', 'Delete', 'Unknown']);
export type ObjectChange = z.infer<typeof ObjectChange>;

export const LiveDifference = ObjectRef.extend({
  change: ObjectChange,
  fields: z.array(
    z.object({
      path: z.string().meta({ description: 'A JSON pointer: `/spec/replicas`.' }),
      desired: z.string().meta({ description: 'JSON of what would be; empty where nothing would.' }),
      live: z.string().meta({ description: 'JSON of what is; empty where nothing is.' }),
      manager: z.string().meta({ description: 'Who changed it, as far as the cluster tells.' }),
    }),
  ),
  message: z.string(),
}).meta({ id: 'LiveDifference' });
export type LiveDifference = z.infer<typeof LiveDifference>;

/** What applying the manifest now would change, by the API server's own word. */
export const BundleDifferences = z
  .object({
    cluster: z.string(),
    bundle: z.string(),
    differences: z.array(LiveDifference).meta({ description: 'Also of objects without any.' }),
    notices,
  })
  .meta({ id: 'BundleDifferences' });
export type BundleDifferences = z.infer<typeof BundleDifferences>;

export const KubernetesEvent = ObjectRef.extend({
  type: z.string().meta({ description: 'Normal or Warning.' }),
  reason: z.string(),
  message: z.string(),
  count: z.int().nonnegative(),
  firstAt: Timestamp.nullable(),
  lastAt: Timestamp.nullable(),
  source: z.string(),
}).meta({ id: 'KubernetesEvent' });
export type KubernetesEvent = z.infer<typeof KubernetesEvent>;

export const KubernetesEvents = z
  .object({
    cluster: z.string(),
    bundle: z.string(),
    events: z.array(KubernetesEvent).meta({ description: 'The latest last.' }),
    notices,
  })
  .meta({ id: 'KubernetesEvents' });
export type KubernetesEvents = z.infer<typeof KubernetesEvents>;

const container = { namespace: z.string(), pod: z.string(), container: z.string() };

/** One line of `application/x-ndjson`. An `error` is the last. */
export const LogEntry = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('source'), ...container }),
    z.object({ type: z.literal('line'), ...container, text: z.string() }),
    z.object({ type: z.literal('notice'), message: z.string() }),
    z.object({ type: z.literal('error'), message: z.string() }),
  ])
  .meta({ id: 'LogEntry' });
export type LogEntry = z.infer<typeof LogEntry>;

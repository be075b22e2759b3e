import { randomUUID } from 'node:crypto';
import { encodePolicy } from '@muster/manifest';
import {
  ClusterRepository,
  ContentRepository,
  HubRepository,
  PlanRepository,
  RevisionRepository,
  SessionRepository,
  type Sql,
  StatusRepository,
  type StatusRow,
} from '@muster/store';
import { replica } from './api.ts';

export const manifestDigest = `sha256:${'1'.repeat(64)}`;
export const formerDigest = `sha256:${'0'.repeat(64)}`;
export const sha = 'c0ffee'.padEnd(40, '0');

/** Enters a cluster that joined with these labels; answers its id. */
export async function enrol(sql: Sql, name: string, labels: Record<string, string> = {}): Promise<string> {
  const clusters = new ClusterRepository(sql);
  const id = (await clusters.byName(name))?.id ?? randomUUID();
  await clusters.enrol({
    id,
    name,
    uid: `uid-of-${name}`,
    keyId: `key-of-${name}`,
    joinToken: 'token',
    tokenLabels: labels,
    certificateNotAfter: 4_102_444_800_000,
  });
  return id;
}

/** Opens the cluster's next session at this replica; answers its number. */
export async function connect(sql: Sql, id: string, name: string): Promise<string> {
  await new HubRepository(sql).heartbeat(replica, '0.1.0');
  const [opened] = await new SessionRepository(sql).openSessions(replica, [
    {
      clusterId: id,
      keyId: `key-of-${name}`,
      uid: `uid-of-${name}`,
      agentVersion: '0.1.0',
      features: ['manifests/v1'],
      facts: { kubernetesVersion: 'v1.36.3', platform: 'linux/amd64', apiResources: [] },
    },
  ]);
  return opened!.session.toString();
}

/** A session that ended `ago` milliseconds ago. */
export async function disconnect(sql: Sql, id: string, session: string, ago: number): Promise<void> {
  await new SessionRepository(sql).closeSessions([
    { clusterId: id, session: BigInt(session), lastSeen: Date.now() - ago },
  ]);
}

export function specOf(name: string) {
  return {
    name,
    labels: {},
    source: { kind: 'manifests', path: `bundles/${name}`, include: ['**/*.yaml'] },
    targets: [],
    except: [],
    definedIn: { file: 'fleet/muster.yaml', line: 7, column: 1 },
  };
}

export interface SeedObject {
  readonly kind: string;
  readonly name: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly images?: readonly string[];
}

/** A commit that is good, whose bundles all render to one manifest of these objects. */
export async function addBundles(
  sql: Sql,
  bundles: readonly {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly failing?: string;
    readonly namespace?: string;
  }[],
  objects: readonly SeedObject[] = [],
): Promise<void> {
  const revisions = new RevisionRepository(sql);
  await new ContentRepository(sql).addRenderings(
    [
      {
        digest: manifestDigest,
        data: Buffer.from('{}'),
        objects: objects.map((it, at) => ({
          objectDigest: `sha256:${String(at).padStart(64, '0')}`,
          group: it.group ?? '',
          version: 'v1',
          kind: it.kind,
          namespace: it.namespace ?? '',
          name: it.name,
          images: it.images ?? [],
        })),
      },
    ],
    [],
  );
  await revisions.saveBundles(
    bundles.map(({ name, labels = {}, failing, namespace }) => ({
      name,
      labels,
      spec: specOf(name),
      inputKey: `input-of-${name}`,
      problems:
        failing === undefined
          ? []
          : [{ file: 'fleet/muster.yaml', line: 7, column: null, field: '', message: failing }],
      rollout: {},
      goodRevision: failing === undefined ? sha : undefined,
      manifestDigest: failing === undefined ? manifestDigest : undefined,
      policy: encodePolicy(namespace === undefined ? {} : { namespace }),
      objectCount: objects.length,
    })),
    [],
  );
}

export async function addRevision(
  sql: Sql,
  commit: { readonly sha: string; readonly message?: string; readonly at?: number },
  refused?: string,
): Promise<void> {
  const revisions = new RevisionRepository(sql);
  const at = new Date(commit.at ?? 1_790_000_000_000);
  const row = {
    sha: commit.sha,
    treeId: 'tree',
    message: commit.message ?? 'a commit',
    author: 'Ada <ada@example.com>',
    committedAt: at,
  };
  if (refused === undefined) await revisions.addResolving(row, at, { total: 1, failing: 0, failures: [] });
  else {
    const problem = { file: 'fleet/muster.yaml', line: 3, column: null, field: 'spec', message: refused };
    await revisions.addRefused(row, [problem], at);
  }
}

/** Assigns bundles to clusters (ids), as a plan that follows from the newest revision. */
export async function assign(
  sql: Sql,
  clusterIds: readonly string[],
  bundles: readonly string[],
): Promise<void> {
  const plans = new PlanRepository(sql);
  const stored = await plans.desiredAfter(0n);
  await plans.store({
    contents: [],
    changes: clusterIds
      .filter((id) => !stored.some((it) => it.clusterId === id))
      .map((clusterId) => ({
        clusterId,
        former: undefined,
        next: {
          epoch: 1n,
          generation: 1n,
          contentDigest: 'content',
          baseDigest: 'content',
          baseGeneration: 1n,
          consents: [],
        },
      })),
    assignments: [
      {
        clusterIds,
        set: bundles.map((bundle) => ({ bundle, revision: sha, manifestDigest, paused: false, held: false })),
        removed: [],
      },
    ],
    consumedConsents: [],
    revisionSeq: await plans.revisionSeq(),
    after: await plans.planSeq(),
  });
}

export function statusOf(
  cluster: { readonly id: string; readonly session: string },
  bundle: string,
  status: Partial<StatusRow> = {},
): StatusRow {
  return {
    cluster_id: cluster.id,
    bundle,
    session: cluster.session,
    sequence: '1',
    manifest_digest: manifestDigest,
    epoch: '1',
    generation: '1',
    sync: 'Synced',
    health: 'Healthy',
    reason: 'Applied',
    message: '',
    objects: null,
    object_count: 1,
    object_problem_count: 0,
    warnings: [],
    observed_at: Date.now(),
    ...status,
  };
}

export async function report(sql: Sql, statuses: readonly StatusRow[]): Promise<void> {
  await new StatusRepository(sql).write({ statuses, gone: [], complete: [], applied: [], emptied: [] });
}

import {
  features,
  decodeManifest,
  decodePolicy,
  missingFeatures,
  objectId,
  parseApiVersion,
  readObjectHeader,
} from '@muster/manifest';
import { readPlacement } from '@muster/apply-plan';
import type { Placement } from '@muster/apply-plan';
import type { Assignment, DesiredState, Digest, ObjectId, Policy } from '@muster/manifest';
import type { Resource } from '@muster/kube';
import { isAgentsOwn } from '../resources.ts';
import type { BlobStore } from '../state/blob-store.ts';
import type { KeptAssignment } from '../state/head.ts';
import { ignoreProblems } from './drift/ignoring.ts';
import type { Kinds } from './kinds.ts';

/** What is kept in memory of an object that a bundle wants: enough to plan with. */
export interface WantedObject {
  readonly digest: Digest;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** As its bytes say; '' where they don't. */
  readonly ownNamespace: string;
  /** Its turn, where its annotations name one. */
  readonly placement?: Placement;
  /** Known once its kind is. */
  id: ObjectId | undefined;
  resource: Resource | undefined;
  /** Why nobody knows whether the cluster has its kind. */
  kindProblem?: string | undefined;
}

export type RefusedObject = Pick<WantedObject, 'group' | 'version' | 'kind' | 'name'> & {
  readonly namespace: string;
};

/** An assignment, as far as this agent can read and act on it. */
export interface WantedBundle {
  readonly bundle: string;
  readonly assignment: Assignment;
  readonly policy: Policy;
  readonly objects: readonly WantedObject[];
  /** Objects that cannot be read at all. */
  readonly broken: readonly { readonly digest: Digest; readonly problem: string }[];
  /** Objects that no bundle may have. */
  readonly refused: readonly { readonly object: RefusedObject; readonly problem: string }[];
  /** Why it isn't (wholly) acted on. */
  readonly problem: { readonly reason: 'Unsupported' | 'Failed'; readonly message: string } | undefined;
  readonly warnings: readonly string[];
}

/** What this agent knows to do. */
export const knownFeatures: ReadonlySet<string> = new Set(Object.values(features));

/**
 * The assignments to act on, and what is to be kept for next time: one that asks for features which this agent
 * lacks goes on as it was.
 */
export function effectiveAssignments(
  state: DesiredState,
  keptBefore: readonly KeptAssignment[],
  previous: readonly Assignment[],
): {
  readonly assignments: readonly { assignment: Assignment; missing: readonly string[] }[];
  readonly kept: readonly KeptAssignment[];
} {
  const kept: KeptAssignment[] = [];
  const assignments = state.assignments.map((assignment) => {
    const missing = missingFeatures(assignment, knownFeatures);
    if (missing.length === 0) return { assignment, missing };
    const former =
      keptBefore.find((candidate) => candidate.bundle === assignment.bundle) ??
      toKept(previous.find((candidate) => candidate.bundle === assignment.bundle));
    if (!former) return { assignment, missing };
    kept.push(former);
    const { manifestDigest, policy, revision } = former;
    return {
      assignment: {
        ...assignment,
        manifestDigest: manifestDigest as Digest,
        policy: Buffer.from(policy, 'base64'),
        revision,
        requiredFeatures: [],
      },
      missing,
    };
  });
  return { assignments, kept };
}

function toKept(assignment: Assignment | undefined): KeptAssignment | undefined {
  if (!assignment || missingFeatures(assignment, knownFeatures).length > 0) return undefined;
  const { bundle, manifestDigest, policy, revision } = assignment;
  return { bundle, manifestDigest, revision, policy: Buffer.from(policy).toString('base64') };
}

/** Reads a bundle's objects from the blobs. Total: what can't be read is said in the result. */
export function readBundle(
  assignment: Assignment,
  missing: readonly string[],
  blobs: BlobStore,
): WantedBundle {
  const { bundle } = assignment;
  const fail = (reason: 'Unsupported' | 'Failed', message: string): WantedBundle => ({
    bundle,
    assignment,
    policy: {},
    objects: [],
    broken: [],
    refused: [],
    problem: { reason, message },
    warnings: [],
  });
  const unsupported = `this agent lacks ${missing.join(', ')}`;
  if (assignment.requiredFeatures.some((feature) => !knownFeatures.has(feature)))
    return fail('Unsupported', unsupported);
  const policy = decodePolicy(assignment.policy);
  if (!policy.ok)
    return fail(
      policy.reason === 'invalid' ? 'Failed' : 'Unsupported',
      policy.reason === 'invalid' ? policy.problem : 'its policy is of a newer form',
    );
  const bytes = blobs.read(assignment.manifestDigest);
  const manifest = bytes && decodeManifest(bytes);
  if (!manifest?.ok) return fail('Failed', 'its manifest is not here, or cannot be read');
  const objects: WantedObject[] = [];
  const broken: { digest: Digest; problem: string }[] = [];
  const refused: { object: RefusedObject; problem: string }[] = [];
  const warnings = new Set<string>(ignoreProblems(policy.value));
  for (const digest of manifest.value.objects) {
    const content = blobs.read(digest);
    const header = content && readObjectHeader(content);
    if (!header?.ok) {
      broken.push({
        digest,
        problem: header?.reason === 'invalid' ? header.problem : 'the object is not here',
      });
      continue;
    }
    const { apiVersion, kind, name, namespace, annotations } = header.value;
    const read = readPlacement(annotations);
    for (const warning of read.warnings) warnings.add(`${kind} ${name}: ${warning}`);
    if (!read.applies) continue;
    const { group, version } = parseApiVersion(apiVersion);
    // The kinds among them are namespaced in every cluster.
    const own = { group, version, kind, name, namespace: namespace || (policy.value.namespace ?? 'default') };
    if (isAgentsOwn(own)) {
      refused.push({ object: own, problem: "it is the agent's own: no bundle may have it" });
      continue;
    }
    objects.push({
      digest,
      group,
      version,
      kind,
      name,
      ownNamespace: namespace,
      ...(read.placement && { placement: read.placement }),
      id: undefined,
      resource: undefined,
    });
  }
  const problem =
    missing.length > 0
      ? ({ reason: 'Unsupported', message: `${unsupported}; it goes on as it was` } as const)
      : undefined;
  return {
    bundle,
    assignment,
    policy: policy.value,
    objects,
    broken,
    refused,
    problem,
    warnings: [...warnings].slice(0, 20),
  };
}

/** Gives each object its resource and id, as far as the cluster serves its kind. */
export function resolveKinds(bundle: WantedBundle, kinds: Kinds): void {
  for (const object of bundle.objects) {
    const resource = kinds.find(object.group, object.version, object.kind);
    object.kindProblem = resource ? undefined : kinds.problemOf(object.group, object.version);
    if (resource === object.resource) continue;
    object.resource = resource;
    object.id =
      resource && objectId({ ...object, namespace: namespaceOf(object, resource, bundle.policy) ?? '' });
  }
}

/** `null` for a cluster-scoped kind. */
export function namespaceOf(object: WantedObject, resource: Resource, policy: Policy): string | null {
  return resource.namespaced ? object.ownNamespace || (policy.namespace ?? 'default') : null;
}

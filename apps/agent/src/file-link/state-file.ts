import { createHash } from 'node:crypto';
import { DesiredState as WireState } from '@muster/contracts';
import {
  desiredState,
  digestOf,
  encodeManifest,
  encodePolicy,
  readArrayItems,
  readObjectSpan,
} from '@muster/manifest';
import type { DesiredState, Digest, JsonObjectSpan, Policy, Version } from '@muster/manifest';
import type { OfferedState } from '../hub-port.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a desired state from JSON:
 *
 *     { "fleet": "<uuid>", "generation": 1, "paused": false,
 *       "assignments": [{ "bundle": "shop", "namespace": "shop", "paused": false, "objects": [{…}, …], "policy": {…} }],
 *       "deletionConsents": ["shop"], "pruneHolds": [{"bundle": "shop", "reason": "…"}] }
 *
 * Objects are taken as the bytes that they are, a policy as its bytes would say it. Without a generation, `nextVersion` gives it. Throws for what isn't so.
 */
export function readStateFile(
  bytes: Uint8Array,
  nextVersion: () => Version,
): Omit<OfferedState, 'fetch'> & { readonly blobs: ReadonlyMap<string, Uint8Array> } {
  const root = readObjectSpan(bytes, 0);
  if (!root) throw new Error('the desired state is not a JSON object');
  const blobs = new Map<string, Uint8Array>();
  const addBlob = (content: Uint8Array): Digest => {
    const digest = digestOf(content, sha256);
    blobs.set(digest, content);
    return digest;
  };
  const generation = valueOf<number>(bytes, root, 'generation');
  const state = desiredState({
    version: generation === undefined ? nextVersion() : { epoch: 1n, generation: BigInt(generation) },
    paused: valueOf<boolean>(bytes, root, 'paused') ?? false,
    deletionConsents: valueOf<string[]>(bytes, root, 'deletionConsents') ?? [],
    pausedLeaving: valueOf<string[]>(bytes, root, 'pausedLeaving') ?? [],
    pruneHolds: valueOf<{ bundle: string; reason: string }[]>(bytes, root, 'pruneHolds') ?? [],
    assignments: itemsOf(bytes, root, 'assignments').map(({ start, end }) => {
      const item = bytes.subarray(start, end);
      const span = readObjectSpan(item, 0);
      if (!span) throw new Error('an assignment is not a JSON object');
      const namespace = valueOf<string>(item, span, 'namespace');
      const policy = valueOf<Policy>(item, span, 'policy');
      const objects = itemsOf(item, span, 'objects').map((object) =>
        addBlob(item.slice(object.start, object.end)),
      );
      return {
        bundle: valueOf<string>(item, span, 'bundle') ?? '',
        manifestDigest: addBlob(encodeManifest(objects)),
        policy: encodePolicy({ ...policy, ...(namespace === undefined ? {} : { namespace }) }),
        revision: '',
        requiredFeatures: valueOf<string[]>(item, span, 'requiredFeatures') ?? ['manifests/v1'],
        paused: valueOf<boolean>(item, span, 'paused') ?? false,
      };
    }),
  });
  const encoded = encodeState(state);
  return {
    state,
    bytes: encoded,
    digest: createHash('sha256').update(encoded).digest(),
    fleet: valueOf<string>(bytes, root, 'fleet') ?? 'file',
    blobs,
  };
}

function encodeState(state: DesiredState): Uint8Array {
  return WireState.encode({
    version: state.version,
    assignments: state.assignments.map((assignment) => ({
      ...assignment,
      policy: Buffer.from(assignment.policy),
      requiredFeatures: [...assignment.requiredFeatures],
    })),
    paused: state.paused,
    pruneHolds: state.pruneHolds.map((hold) => ({ ...hold })),
    deletionConsents: state.deletionConsents.map((bundle) => ({ bundle })),
    pausedLeaving: [...state.pausedLeaving],
    deletionGuard: { ...state.deletionGuard },
  }).finish();
}

function valueOf<T>(bytes: Uint8Array, span: JsonObjectSpan, key: string): T | undefined {
  const member = span.members.find((candidate) => candidate.key === key);
  return (
    member &&
    (JSON.parse(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString('utf8')) as T)
  );
}

function itemsOf(
  bytes: Uint8Array,
  span: JsonObjectSpan,
  key: string,
): readonly { start: number; end: number }[] {
  const member = span.members.find((candidate) => candidate.key === key);
  return (member && readArrayItems(bytes, member.valueStart)) ?? [];
}

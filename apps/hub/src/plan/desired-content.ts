import { createHash } from 'node:crypto';
import { DesiredState } from '@muster/contracts';
import { type DeletionGuard, decodePolicy, features, requiredFeatures } from '@muster/manifest';
import type { AssignmentRow } from '@muster/store';

/** What a desired state says apart from its version and its consents. */
export interface DesiredBase {
  /** In order of bundle. */
  readonly assignments: readonly PlannedAssignment[];
  readonly paused: boolean;
  readonly pruneHolds: readonly { readonly bundle: string; readonly reason: string }[];
  readonly deletionGuard: DeletionGuard;
  /** Sorted. */
  readonly pausedLeaving: readonly string[];
}

export interface PlannedAssignment extends AssignmentRow {
  readonly policy: Uint8Array;
}

/** The bytes of a DesiredState without its version: clusters that are to run the same share them. */
export interface DesiredContent {
  readonly digest: string;
  readonly data: Buffer;
  readonly manifestDigests: readonly string[];
}

export function encodeContent(base: DesiredBase, consents: readonly string[]): DesiredContent {
  const data = Buffer.from(
    DesiredState.encode({
      version: undefined,
      assignments: base.assignments.map((it) => ({
        bundle: it.bundle,
        manifestDigest: it.manifestDigest,
        policy: Buffer.from(it.policy),
        revision: it.revision,
        requiredFeatures: featuresFor(it.policy),
        paused: it.paused,
      })),
      paused: base.paused,
      pruneHolds: [...base.pruneHolds],
      deletionConsents: consents.map((bundle) => ({ bundle })),
      deletionGuard: base.deletionGuard,
      pausedLeaving: [...base.pausedLeaving],
    }).finish(),
  );
  return {
    digest: sha256(data).toString('hex'),
    data,
    manifestDigests: [...new Set(base.assignments.map((it) => it.manifestDigest))],
  };
}

/** Of a policy that this hub cannot read, which a newer one stored, the agent says itself what it doesn't know. */
function featuresFor(policy: Uint8Array): string[] {
  const decoded = decodePolicy(policy);
  return decoded.ok ? requiredFeatures(decoded.value) : [features.manifests];
}

/** The assignments that content holds, as rows. `held`: a bundle whose newest revision has no rendering. */
export function assignmentsOf(content: Uint8Array): Map<string, AssignmentRow> {
  const { assignments, pruneHolds } = DesiredState.decode(content);
  const held = new Set(pruneHolds.map((it) => it.bundle));
  return new Map(
    assignments.map(({ bundle, revision, manifestDigest, paused }) => [
      bundle,
      { bundle, revision, manifestDigest, paused, held: held.has(bundle) },
    ]),
  );
}

/** The bundles that content assigns, and those that it says to have left while they are paused. */
export function bundlesIn(content: Uint8Array): Set<string> {
  const { assignments, pausedLeaving } = DesiredState.decode(content);
  return new Set([...assignments.map((it) => it.bundle), ...pausedLeaving]);
}

export interface AnnouncedState {
  readonly version: { readonly epoch: bigint; readonly generation: bigint };
  readonly bytes: Buffer;
  readonly digest: Buffer;
}

/** The whole bytes: the version is the first field, so it goes before the content that many share. */
export function announcedState(version: AnnouncedState['version'], content: Uint8Array): AnnouncedState {
  const head = DesiredState.encode(DesiredState.fromPartial({ version })).finish();
  const bytes = Buffer.concat([head, content]);
  return { version, bytes, digest: sha256(bytes) };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

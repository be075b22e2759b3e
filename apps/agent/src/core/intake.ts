import { hash } from 'node:crypto';
import { decodeManifest, isDigest, isKeyedDigest, problemsOfDesiredState } from '@muster/manifest';
import type { Assignment, DesiredState, Digest } from '@muster/manifest';
import type { FetchedBlob, OfferedState } from '../hub-port.ts';
import type { BlobStore } from '../state/blob-store.ts';

/** What was offered isn't what it claims to be; nothing was changed. */
export class InvalidOfferError extends Error {
  override readonly name = 'InvalidOfferError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Under which a desired state's own bytes are stored. */
export function stateDigest(offer: Pick<OfferedState, 'digest'>): Digest {
  return `sha256:${Buffer.from(offer.digest).toString('hex')}`;
}

/** Brings everything that a state names into the blobs: first the manifests, then the objects that they name. */
export async function takeIn(offer: OfferedState, blobs: BlobStore, signal: AbortSignal): Promise<void> {
  const problems = problemsOfDesiredState(offer.state);
  if (problems.length > 0) throw new InvalidOfferError(problems);
  await blobs.add(stateDigest(offer), offer.bytes);
  await fetchMissing(
    offer.state.assignments.map((assignment) => assignment.manifestDigest),
    offer,
    blobs,
    signal,
  );
  await blobs.flush();
  await fetchMissing(objectsOf(offer.state.assignments, blobs), offer, blobs, signal);
  await blobs.flush();
}

/** The digests of everything that assignments hold. */
export function digestsOf(assignments: readonly Assignment[], blobs: BlobStore): Set<Digest> {
  return new Set([
    ...assignments.map((assignment) => assignment.manifestDigest),
    ...objectsOf(assignments, blobs),
  ]);
}

/** What was fetched of a state that is held must be there. */
export function isWhole(state: DesiredState, blobs: BlobStore): boolean {
  return [...digestsOf(state.assignments, blobs)].every((digest) => blobs.has(digest));
}

function objectsOf(assignments: readonly Assignment[], blobs: BlobStore): Digest[] {
  return assignments.flatMap(({ manifestDigest }) => {
    const bytes = blobs.read(manifestDigest);
    const manifest = bytes && decodeManifest(bytes);
    // One that cannot be read is its bundle's trouble, not the state's.
    return manifest?.ok ? manifest.value.objects : [];
  });
}

async function fetchMissing(
  digests: readonly Digest[],
  offer: OfferedState,
  blobs: BlobStore,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set<string>(digests.filter((digest) => !blobs.has(digest)));
  if (missing.size === 0) return;
  for await (const blob of offer.fetch([...missing], signal)) {
    signal.throwIfAborted();
    if (!missing.delete(blob.digest)) continue;
    verify(blob);
    await blobs.add(blob.digest, blob.data);
  }
  if (missing.size > 0) throw new Error(`${missing.size} of the objects asked for did not come`);
}

function verify(blob: FetchedBlob): void {
  if (!isDigest(blob.digest)) throw new InvalidOfferError([`${blob.digest} is not a digest`]);
  const expected = isKeyedDigest(blob.digest)
    ? blob.sha256 && Buffer.from(blob.sha256).toString('hex')
    : blob.digest.slice('sha256:'.length);
  if (hash('sha256', blob.data, 'hex') !== expected)
    throw new InvalidOfferError([`what came is not what ${blob.digest} names`]);
}

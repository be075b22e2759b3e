import { createHash } from 'node:crypto';
import { type Digest, digestOf, encodeManifest } from '@muster/manifest';
import type { RenderedObject, RenderProblem } from '@muster/render';
import type { ManifestRow, ObjectRow } from '@muster/store';

/**
 * What an API server takes in one request by default. A cluster would refuse the object, and one that doesn't pass
 * the agent's limit either would keep all else of the cluster from it.
 */
const maxObjectBytes = 3 * 1024 * 1024;

/** Addresses and seals Secrets: by a key that is the hub's alone. */
export interface SecretSealer {
  digest(data: Uint8Array): string;
  sealed(digest: string, data: Uint8Array): ObjectRow;
}

export type ManifestOutcome =
  | { readonly kind: 'made'; readonly manifest: ManifestRow; readonly objects: readonly ObjectRow[] }
  | { readonly kind: 'refused'; readonly problems: readonly RenderProblem[] };

/** The manifest of what was rendered: each object by its digest, in the order of path and document. */
export function manifestOf(rendered: readonly RenderedObject[], sealer: SecretSealer): ManifestOutcome {
  const problems = [...duplicates(rendered), ...tooLarge(rendered)];
  if (problems.length > 0) return { kind: 'refused', problems };
  const objects = new Map<string, ObjectRow>();
  const digests = rendered.map((object) => {
    const digest = isSecret(object) ? sealer.digest(object.bytes) : digestOf(object.bytes, sha256Hex);
    if (!objects.has(digest)) {
      const row = isSecret(object)
        ? sealer.sealed(digest, object.bytes)
        : { digest, sealed: false, data: object.bytes };
      objects.set(digest, row);
    }
    return digest as Digest;
  });
  const data = encodeManifest(digests);
  const manifest: ManifestRow = {
    digest: digestOf(data, sha256Hex),
    data,
    objects: rendered.map((object, position) => ({
      objectDigest: digests[position]!,
      group: groupOf(object.apiVersion),
      version: object.apiVersion.slice(object.apiVersion.indexOf('/') + 1),
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      images: object.images,
    })),
  };
  return { kind: 'made', manifest, objects: [...objects.values()] };
}

/** Of any version, should there ever be another: what holds passwords is its kind. */
function isSecret(object: RenderedObject): boolean {
  return object.kind === 'Secret' && groupOf(object.apiVersion) === '';
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

function duplicates(rendered: readonly RenderedObject[]): RenderProblem[] {
  const first = new Map<string, RenderedObject>();
  const problems: RenderProblem[] = [];
  for (const object of rendered) {
    const { kind, namespace, name } = object;
    const key = `${groupOf(object.apiVersion)}/${kind}/${namespace}/${name}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, object);
    else problems.push(problemOf(object, `stands twice in this bundle, first in ${before.path}`));
  }
  return problems;
}

function tooLarge(rendered: readonly RenderedObject[]): RenderProblem[] {
  return rendered
    .filter(({ bytes }) => bytes.length > maxObjectBytes)
    .map((object) => {
      const size = (object.bytes.length / 1024 / 1024).toFixed(1);
      const limit = maxObjectBytes / 1024 / 1024;
      return problemOf(object, `has ${size} MiB; Kubernetes takes objects of ${limit} MiB at most`);
    });
}

function problemOf(
  { kind, namespace, name, path, document }: RenderedObject,
  message: string,
): RenderProblem {
  const whose = namespace === '' ? name : `${namespace}/${name}`;
  return { path, document, message: `${kind} ${whose} ${message}` };
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

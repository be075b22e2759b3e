import { decoded, decodeVersioned, invalid } from './decoded.ts';
import type { Decoded } from './decoded.ts';
import { isDigest } from './digest.ts';
import type { Digest } from './digest.ts';

/** The rendered objects of an assignment: by path (as bytes), then by document. */
export interface Manifest {
  readonly objects: readonly Digest[];
}

const encoder = new TextEncoder();

/** Exactly `{"version":1,"objects":["<digest>",…]}`, no spaces: the manifest's digest covers these bytes. */
export function encodeManifest(objects: readonly Digest[]): Uint8Array {
  return encoder.encode(JSON.stringify({ version: 1, objects }));
}

export function decodeManifest(bytes: Uint8Array): Decoded<Manifest> {
  const fields = decodeVersioned(bytes, 'manifest');
  if (!fields.ok) return fields;
  const { objects } = fields.value;
  if (!Array.isArray(objects)) return invalid('the manifest has no list of objects');
  const wrong = objects.findIndex((digest) => !isDigest(digest));
  if (wrong >= 0) return invalid(`object ${wrong} of the manifest is not a digest`);
  return decoded({ objects: objects as Digest[] });
}

/**
 * The address of bytes. Ordinary objects, manifests and policies are addressed by their SHA-256; Secrets by an
 * HMAC under the hub's data key, because a plain digest of a weak password would be an oracle.
 */
export type Digest = `sha256:${string}` | `hmac-sha256:${string}`;

/** SHA-256 as 64 lower-case hex digits. An argument, because a pure lib has no crypto of its own. */
export type Sha256Hex = (bytes: Uint8Array) => string;

/** HMAC-SHA-256 under a key that the caller holds, as 64 lower-case hex digits. */
export type HmacSha256Hex = (bytes: Uint8Array) => string;

const digestPattern = /^(?:hmac-)?sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestPattern.test(text);
}

/** True where only the holder of the hub's data key can compute the digest: a Secret's. */
export function isKeyedDigest(digest: Digest): digest is `hmac-sha256:${string}` {
  return digest.startsWith('hmac-');
}

/** The digest of bytes that hold nothing secret. */
export function digestOf(bytes: Uint8Array, sha256: Sha256Hex): `sha256:${string}` {
  return `sha256:${sha256(bytes)}`;
}

/** The digest of a Secret's bytes. */
export function keyedDigestOf(bytes: Uint8Array, hmac: HmacSha256Hex): `hmac-sha256:${string}` {
  return `hmac-sha256:${hmac(bytes)}`;
}

import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './digests.ts';

const PREFIX = 'muster-join-';
const FORM = /^muster-join-([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;
const ID_BYTES = 9;
const SECRET_BYTES = 32;

/** `muster-join-<id>.<secret>.<pin>`, taken apart. */
export interface JoinToken {
  /** Finds the token at the hub; no secret. */
  readonly id: string;
  readonly secret: string;
  /** Of the CA, see `authorityPin`: the agent tells its secret to nobody else. */
  readonly pin: string;
}

export interface NewJoinToken {
  /** To be shown once. */
  readonly token: string;
  readonly id: string;
  /** What the hub keeps. */
  readonly secretHash: string;
}

export function createJoinToken(pin: string, randomBytes: (size: number) => Uint8Array): NewJoinToken {
  const id = Buffer.from(randomBytes(ID_BYTES)).toString('base64url');
  const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url');
  return { token: `${PREFIX}${id}.${secret}.${pin}`, id, secretHash: hashJoinSecret(secret) };
}

/** `undefined` when it isn't one; white space around it is forgiven, since tokens are pasted. */
export function parseJoinToken(text: string): JoinToken | undefined {
  if (text.length > 1_000) return undefined;
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  return { id: match[1]!, secret: match[2]!, pin: match[3]! };
}

/** SHA-256, hex. The secret has 256 random bits, so nothing slower is needed. */
export function hashJoinSecret(secret: string): string {
  return sha256(secret).toString('hex');
}

/** In constant time. */
export function isJoinSecret(secret: string, secretHash: string): boolean {
  return equalHex(hashJoinSecret(secret), secretHash);
}

export function equalHex(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex');
  const b = Buffer.from(right, 'hex');
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
}

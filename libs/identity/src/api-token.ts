import { sha256 } from './digests.ts';
import { equalHex } from './join-token.ts';

const PREFIX = 'muster-api-';
const FORM = /^muster-api-[A-Za-z0-9_-]{43}$/;

/** A bearer token of the HTTP API: `muster-api-<256 random bits>`. The hub keeps its hash, and finds it by that. */
export function createApiToken(randomBytes: (size: number) => Uint8Array): {
  token: string;
  tokenHash: string;
} {
  const token = PREFIX + Buffer.from(randomBytes(32)).toString('base64url');
  return { token, tokenHash: hashApiToken(token) };
}

export function isApiTokenForm(text: string): boolean {
  return FORM.test(text);
}

/** SHA-256, hex. */
export function hashApiToken(token: string): string {
  return sha256(token).toString('hex');
}

/** In constant time. */
export function isApiToken(token: string, tokenHash: string): boolean {
  return equalHex(hashApiToken(token), tokenHash);
}

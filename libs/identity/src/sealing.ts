import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** The sealed bytes were changed, moved to another place, or sealed under another key. Nothing can mend them. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/**
 * AES-256-GCM. The envelope is `version (1) | nonce (12) | ciphertext | tag (16)`. `context` says what the bytes are
 * and where they belong (`object sha256:…`): it isn't kept, but without the same one nothing opens, so that nobody
 * with write access to the database can pass one sealed value off as another.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, body, cipher.getAuthTag()]);
}

/** @throws UnsealError */
export function unseal(key: Uint8Array, envelope: Uint8Array, context: string): Buffer {
  if (envelope.length < 1 + NONCE_BYTES + TAG_BYTES) throw new UnsealError('sealed bytes are cut short');
  if (envelope[0] !== VERSION) throw new UnsealError(`sealed bytes have the unknown version ${envelope[0]}`);
  const body = envelope.subarray(1 + NONCE_BYTES, envelope.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, envelope.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(envelope.subarray(envelope.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (cause) {
    throw new UnsealError('sealed bytes do not open: changed, misplaced, or of another key', { cause });
  }
}

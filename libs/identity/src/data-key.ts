import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { KEY_BYTES, seal, unseal } from './sealing.ts';

/** The bytes of a new data key, to be wrapped by the master key. Made once per hub database, never rotated. */
export function createDataKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/**
 * Keeps Secrets secret at rest: seals their bytes, and addresses them by an HMAC, since a plain digest of a weak
 * password would be an oracle.
 */
export class DataKey {
  readonly #sealing: Buffer;
  readonly #addressing: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new Error(`a data key has ${KEY_BYTES} bytes, not ${bytes.length}`);
    this.#sealing = Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), 'muster sealing', KEY_BYTES));
    this.#addressing = Buffer.from(
      hkdfSync('sha256', bytes, Buffer.alloc(0), 'muster secret digests', KEY_BYTES),
    );
  }

  /** `hmac-sha256:<64 hex>` */
  digest(data: Uint8Array): string {
    return `hmac-sha256:${createHmac('sha256', this.#addressing).update(data).digest('hex')}`;
  }

  /** `context` names what is sealed, see `seal`. */
  seal(plain: Uint8Array, context: string): Buffer {
    return seal(this.#sealing, plain, context);
  }

  /** @throws UnsealError */
  unseal(envelope: Uint8Array, context: string): Buffer {
    return unseal(this.#sealing, envelope, context);
  }
}

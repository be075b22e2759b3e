import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KEY_BYTES, seal, unseal } from './sealing.ts';

const LOOSE_PERMISSIONS = 0o077;

/** The master key is missing, unreadable, malformed, or not the one that wrapped the keys in this database. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/**
 * The key that wraps all others. It is never in the database; whoever has it and the database has everything.
 */
export class MasterKey {
  /** Names the key without telling it: 16 hex digits. */
  readonly id: string;
  readonly #wrappingKey: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) {
      throw new MasterKeyError(`a master key has ${KEY_BYTES} bytes, this one has ${bytes.length}`);
    }
    this.id = derive(bytes, 'muster master key id').toString('hex').slice(0, 16);
    this.#wrappingKey = derive(bytes, 'muster key wrapping');
  }

  /** Wraps a key for the database. `purpose` (`data-key`, `authority-key`) must be the same when it is unwrapped. */
  wrap(key: Uint8Array, purpose: string): WrappedKey {
    return { masterKeyId: this.id, sealed: seal(this.#wrappingKey, key, `muster wrapped ${purpose}`) };
  }

  /** @throws MasterKeyError when another master key wrapped it. @throws UnsealError when it was changed. */
  unwrap(wrapped: WrappedKey, purpose: string): Buffer {
    if (wrapped.masterKeyId !== this.id) {
      throw new MasterKeyError(
        `the database's keys are wrapped by master key ${wrapped.masterKeyId}, but this hub was started with ${this.id}: ` +
          'start it with the key file (or MUSTER_MASTER_KEY) that the database was made with',
      );
    }
    return unseal(this.#wrappingKey, wrapped.sealed, `muster wrapped ${purpose}`);
  }
}

export interface WrappedKey {
  readonly masterKeyId: string;
  readonly sealed: Uint8Array;
}

export interface MasterKeySource {
  /** The value of MUSTER_MASTER_KEY: base64 of 32 bytes. Goes before the file. */
  readonly fromEnvironment?: string;
  readonly keyFile: string;
}

/** The master key of the environment or the key file; the file is made, 0600, when there is neither. */
export async function loadMasterKey(source: MasterKeySource): Promise<MasterKey> {
  if (source.fromEnvironment) return new MasterKey(decode(source.fromEnvironment, 'MUSTER_MASTER_KEY'));
  return (await readKeyFile(source.keyFile)) ?? (await makeKeyFile(source.keyFile));
}

async function readKeyFile(path: string): Promise<MasterKey | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & LOOSE_PERMISSIONS) !== 0) {
      throw new MasterKeyError(
        `the master key file ${path} is accessible to others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`,
      );
    }
    return new MasterKey(decode(await readFile(path, 'utf8'), `the master key file ${path}`));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (error instanceof MasterKeyError) throw error;
    throw new MasterKeyError(`the master key file ${path} can't be read`, { cause: error });
  }
}

/** Made whole beside its place and linked there: of two hubs that start at once, the second takes the first's. */
async function makeKeyFile(path: string): Promise<MasterKey> {
  const bytes = randomBytes(KEY_BYTES);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, `${bytes.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, path);
    return new MasterKey(bytes);
  } catch (error) {
    const made = isErrno(error, 'EEXIST') ? await readKeyFile(path) : undefined;
    if (made !== undefined) return made;
    throw new MasterKeyError(`the master key file ${path} can't be made`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}

function decode(text: string, where: string): Buffer {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (
    bytes.length !== KEY_BYTES ||
    bytes.toString('base64').replace(/=+$/, '') !== trimmed.replace(/=+$/, '')
  ) {
    throw new MasterKeyError(`${where} must hold the base64 of ${KEY_BYTES} bytes`);
  }
  return bytes;
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, KEY_BYTES));
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

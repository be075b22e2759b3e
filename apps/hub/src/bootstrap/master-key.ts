import { access, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadMasterKey, type MasterKey, MasterKeyError } from '@muster/identity';
import { type HubConfig, masterKeyFile } from '../config/settings.ts';
import { makeFolder } from './make-folder.ts';
import { HubStartError } from './start-error.ts';

export interface OpenedMasterKey {
  readonly key: MasterKey;
  /**
   * To be called with what using the key failed with; rejects with what to tell. A file that was only now made, beside
   * a database that has keys already, is no key to anything: it would hide from the next look that the true one is lost.
   */
  readonly failed: (error: unknown) => Promise<never>;
}

/** The key of the environment or of the file, which is made where neither is there. */
export async function openMasterKey(
  config: HubConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenedMasterKey> {
  const keyFile = masterKeyFile(config);
  const fromEnvironment = environment['MUSTER_MASTER_KEY'];
  if (fromEnvironment) return { key: await loadMasterKey({ keyFile, fromEnvironment }), failed: asItIs };
  await makeFolder(dirname(keyFile), 0o700).catch((cause: unknown) => {
    throw new HubStartError(`the master key file ${keyFile} can't be made: ${(cause as Error).message}`, {
      cause,
    });
  });
  const wasThere = await access(keyFile).then(
    () => true,
    () => false,
  );
  return {
    key: await loadMasterKey({ keyFile }),
    failed: async (error) => {
      if (wasThere || !(error instanceof MasterKeyError)) throw error;
      await rm(keyFile, { force: true });
      throw new HubStartError(
        `there is no master key file ${keyFile}, and the database was made with one: ` +
          'put it back, or give the key as MUSTER_MASTER_KEY',
        { cause: error },
      );
    },
  };
}

async function asItIs(error: unknown): Promise<never> {
  throw error;
}

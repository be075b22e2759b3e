import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { createApiToken, loadMasterKey } from '@muster/identity';
import { ChangeRepository, HubRepository } from '@muster/store';
import { type HubConfig, masterKeyFile } from '../config/settings.ts';
import { adminName } from './admin-token.ts';
import { dataKeyPurpose } from './identity.ts';
import { openHubStore } from './open-store.ts';
import { HubStartError } from './start-error.ts';

/**
 * Replaces the admin token of a hub whose own is lost; the former one ends. For whoever has the database and the master
 * key, and so has everything already.
 *
 * Rejects with `HubStartError` or `MasterKeyError` where that can't be.
 */
export async function newAdminToken(
  config: HubConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (config['database-url'] === undefined) await mustExist(config.data, 'there is no data folder');
  const fromEnvironment = environment['MUSTER_MASTER_KEY'];
  const keyFile = masterKeyFile(config);
  if (!fromEnvironment) await mustExist(keyFile, 'there is no master key file');
  const masterKey = await loadMasterKey({ keyFile, ...(fromEnvironment && { fromEnvironment }) });
  const store = await openHubStore(config);
  try {
    return await store.sql.transaction(async (sql) => {
      const hub = new HubRepository(sql);
      const key = await hub.sealedKey(dataKeyPurpose);
      if (key === undefined) throw new HubStartError('no hub has ever started on this database');
      masterKey.unwrap(key, dataKeyPurpose);
      const { token, tokenHash } = createApiToken(randomBytes);
      await hub.setApiToken(adminName, tokenHash);
      await new ChangeRepository(sql).addEvents([
        { by: 'muster hub admin-token', kind: 'AdminTokenReplaced', message: 'the admin token was replaced' },
      ]);
      return token;
    });
  } finally {
    await store.close();
  }
}

async function mustExist(path: string, otherwise: string): Promise<void> {
  await access(path).catch((cause: unknown) => {
    throw new HubStartError(`${otherwise} at ${path}`, { cause });
  });
}

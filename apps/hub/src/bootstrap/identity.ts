import { randomUUID } from 'node:crypto';
import {
  CertificateAuthority,
  createAuthority,
  createDataKey,
  DataKey,
  type MasterKey,
} from '@muster/identity';
import { HubRepository, type Sql } from '@muster/store';

/** What a hub is, unwrapped: only ever in memory. */
export interface HubIdentity {
  readonly fleet: string;
  readonly authority: CertificateAuthority;
  readonly dataKey: DataKey;
}

export const dataKeyPurpose = 'data-key';

/**
 * Reads the fleet's uuid, its certificate authority and its data key, and makes them at the first start. Replicas
 * that start together make them once.
 *
 * Rejects with `MasterKeyError` when the database was made with another master key.
 */
export async function bootstrapIdentity(sql: Sql, masterKey: MasterKey, now: number): Promise<HubIdentity> {
  return new HubRepository(sql).bootstrap(async (hub) => {
    const { fleet } = await hub.ensureHub(randomUUID());
    const dataKey = await wrappedKey(hub, masterKey, dataKeyPurpose, async () => ({ key: createDataKey() }));
    const authority = await wrappedKey(hub, masterKey, 'authority-key', async () => {
      const made = await createAuthority(now);
      return { key: Buffer.from(made.key), certificate: made.certificate };
    });
    return {
      fleet,
      dataKey: new DataKey(dataKey.key),
      authority: await CertificateAuthority.open({
        certificate: authority.certificate ?? '',
        key: authority.key.toString(),
      }),
    };
  });
}

interface PlainKey {
  readonly key: Buffer;
  readonly certificate?: string | undefined;
}

async function wrappedKey(
  hub: HubRepository,
  masterKey: MasterKey,
  purpose: string,
  make: () => Promise<PlainKey>,
): Promise<PlainKey> {
  const kept = await hub.sealedKey(purpose);
  if (kept !== undefined) return { key: masterKey.unwrap(kept, purpose), certificate: kept.certificate };
  const made = await make();
  const wrapped = masterKey.wrap(made.key, purpose);
  await hub.addSealedKey(purpose, {
    masterKeyId: wrapped.masterKeyId,
    sealed: Buffer.from(wrapped.sealed),
    certificate: made.certificate,
  });
  return made;
}

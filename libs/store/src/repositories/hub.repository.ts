import type { Sql } from '../sql.ts';

export interface HubRow {
  readonly fleet: string;
  readonly epoch: bigint;
}

export interface SealedKeyRow {
  readonly masterKeyId: string;
  readonly sealed: Buffer;
  readonly certificate: string | undefined;
}

/** Hub replicas that start at the same time make keys and tokens once ("mstb"). */
const bootstrapLock = 0x6d737462;

/** What the hub is, its keys, its API tokens and its replicas. */
export class HubRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Runs `work` on this repository in a transaction that no two hubs run at the same time. */
  async bootstrap<Result>(work: (repository: HubRepository) => Promise<Result>): Promise<Result> {
    return this.#sql.transaction(async (sql) => {
      await sql.rows('select pg_advisory_xact_lock($1)', [bootstrapLock]);
      return work(new HubRepository(sql));
    });
  }

  /** Makes the hub's row with this uuid, unless there is one. */
  async ensureHub(fleet: string): Promise<HubRow> {
    await this.#sql.rows(
      'insert into hub (id, fleet, epoch, plan_seq, created_at) values (1, $1, 1, 0, now()) on conflict do nothing',
      [fleet],
    );
    return this.hub();
  }

  async hub(): Promise<HubRow> {
    const row = await this.#sql.first<{ fleet: string; epoch: string }>('select fleet, epoch from hub');
    if (row === undefined) throw new Error('the database has no hub');
    return { fleet: row.fleet, epoch: BigInt(row.epoch) };
  }

  async raiseEpoch(): Promise<bigint> {
    const row = await this.#sql.first<{ epoch: string }>('update hub set epoch = epoch + 1 returning epoch');
    if (row === undefined) throw new Error('the database has no hub');
    return BigInt(row.epoch);
  }

  async sealedKey(purpose: string): Promise<SealedKeyRow | undefined> {
    const row = await this.#sql.first<{ master_key_id: string; sealed: Buffer; certificate: string | null }>(
      'select master_key_id, sealed, certificate from sealed_keys where purpose = $1',
      [purpose],
    );
    return (
      row && { masterKeyId: row.master_key_id, sealed: row.sealed, certificate: row.certificate ?? undefined }
    );
  }

  async addSealedKey(purpose: string, key: SealedKeyRow): Promise<void> {
    await this.#sql.rows(
      'insert into sealed_keys (purpose, master_key_id, sealed, certificate, created_at) values ($1, $2, $3, $4, now())',
      [purpose, key.masterKeyId, key.sealed, key.certificate ?? null],
    );
  }

  /** The name of the token with this hash. */
  async apiTokenName(tokenHash: string): Promise<string | undefined> {
    return (
      await this.#sql.first<{ name: string }>('select name from api_tokens where token_hash = $1', [
        tokenHash,
      ])
    )?.name;
  }

  async hasApiToken(name: string): Promise<boolean> {
    return (await this.#sql.first('select 1 from api_tokens where name = $1', [name])) !== undefined;
  }

  /** Replaces the tokens of this name. */
  async setApiToken(name: string, tokenHash: string): Promise<void> {
    await this.#sql.rows('delete from api_tokens where name = $1', [name]);
    await this.#sql.rows('insert into api_tokens (token_hash, name, created_at) values ($1, $2, now())', [
      tokenHash,
      name,
    ]);
  }

  /** Registers this process; `alone` when no other can use this database: then whatever was registered is gone. */
  async addReplica(id: string, version: string, alone: boolean): Promise<void> {
    if (alone) {
      await this.#sql.rows('delete from replicas');
      await this.#sql.rows('update clusters set session_replica = null where session_replica is not null');
    }
    await this.#sql.rows(
      'insert into replicas (id, version, started_at, heartbeat_at) values ($1, $2, now(), now())',
      [id, version],
    );
  }

  /**
   * Also brings back the row of a replica that was silent for so long that others took it for gone. `address`: where
   * other replicas reach it, once it listens.
   */
  async heartbeat(id: string, version: string, address?: string): Promise<void> {
    await this.#sql.rows(
      `insert into replicas (id, version, started_at, heartbeat_at, address) values ($1, $2, now(), now(), $3)
       on conflict (id) do update set heartbeat_at = excluded.heartbeat_at, address = excluded.address`,
      [id, version, address ?? null],
    );
  }

  async removeReplica(id: string): Promise<void> {
    await this.#sql.rows(
      'update clusters set session_replica = null, last_seen = now() where session_replica = $1',
      [id],
    );
    await this.#sql.rows('delete from replicas where id = $1', [id]);
  }
}

import { jsonParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface JoinTokenRow {
  readonly id: string;
  readonly secretHash: string;
  /** Absent: open to any new name. */
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewJoinTokenRow {
  readonly id: string;
  readonly secretHash: string;
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly maxUses: number;
  readonly createdBy: string;
  readonly expiresInSeconds: number;
}

interface JoinTokenRecord {
  readonly id: string;
  readonly secret_hash: string;
  readonly name: string | null;
  readonly labels: Record<string, string>;
  readonly max_uses: number;
  readonly uses: number;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const columns = 'id, secret_hash, name, labels, max_uses, uses, created_at, expires_at';

/** Join tokens: the hub keeps the hash of a secret that was shown once. */
export class JoinTokenRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async add(token: NewJoinTokenRow): Promise<JoinTokenRow> {
    const row = await this.#sql.first<JoinTokenRecord>(
      `insert into join_tokens (id, secret_hash, name, labels, max_uses, uses, created_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, 0, $6, date_trunc('milliseconds', now()),
         date_trunc('milliseconds', now()) + make_interval(secs => $7)) returning ${columns}`,
      [
        token.id,
        token.secretHash,
        token.name ?? null,
        jsonParameter(token.labels),
        token.maxUses,
        token.createdBy,
        token.expiresInSeconds,
      ],
    );
    return fromRecord(row!);
  }

  /** Locked until the transaction ends: two enrolments don't take the last use together. */
  async lock(id: string): Promise<JoinTokenRow | undefined> {
    const row = await this.#sql.first<JoinTokenRecord>(
      `select ${columns} from join_tokens where id = $1 for update`,
      [id],
    );
    return row && fromRecord(row);
  }

  async countUse(id: string): Promise<void> {
    await this.#sql.rows('update join_tokens set uses = uses + 1 where id = $1', [id]);
  }

  /** True when there was such a token. */
  async remove(id: string): Promise<boolean> {
    return (await this.#sql.first('delete from join_tokens where id = $1 returning id', [id])) !== undefined;
  }
}

function fromRecord(row: JoinTokenRecord): JoinTokenRow {
  return {
    id: row.id,
    secretHash: row.secret_hash,
    name: row.name ?? undefined,
    labels: row.labels,
    maxUses: row.max_uses,
    uses: row.uses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

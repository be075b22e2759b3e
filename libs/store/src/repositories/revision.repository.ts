import { jsonParameter, textParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface CommitRow {
  readonly sha: string;
  readonly treeId: string;
  readonly message: string;
  readonly author: string;
  readonly committedAt: Date;
}

export interface BundleRow {
  readonly name: string;
  readonly labels: unknown;
  readonly spec: unknown;
  readonly inputKey: string;
  readonly problems: readonly unknown[];
  /** `good` and `failing`, as `libs/rollout` has them. */
  readonly rollout: unknown;
  readonly goodRevision: string | undefined;
  readonly manifestDigest: string | undefined;
  readonly policy: Uint8Array | undefined;
  readonly objectCount: number;
}

interface BundleRecord {
  readonly name: string;
  readonly labels: unknown;
  readonly spec: unknown;
  readonly input_key: string;
  readonly problems: unknown[];
  readonly rollout: unknown;
  readonly good_revision: string | null;
  readonly manifest_digest: string | null;
  readonly policy: Buffer | null;
  readonly object_count: number;
}

export interface RepoState {
  readonly url: string;
  readonly ref: string;
  readonly path: string;
  readonly head: string | undefined;
  readonly fetchedAt: Date | undefined;
  readonly error: string | undefined;
  readonly errorSince: Date | undefined;
}

/** What became of a revision's bundles. */
export interface BundleOutcomes {
  readonly total: number;
  readonly failing: number;
  /** Some of those that fail, each with the reason in a sentence. */
  readonly failures: readonly { readonly bundle: string; readonly message: string }[];
}

export interface NewestRevision {
  readonly sha: string;
  readonly seq: bigint;
}

/** Another replica added a revision first: nothing was changed. */
export class RevisionSupersededError extends Error {
  override readonly name = 'RevisionSupersededError';
}

/** Commits as the hub resolved them, and the bundles and groups of the newest good one. */
export class RevisionRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The commit that was resolved last, whether it was good or not. */
  async newest(): Promise<NewestRevision | undefined> {
    const row = await this.#sql.first<{ sha: string; seq: string }>(
      'select sha, seq from revisions order by seq desc limit 1',
    );
    return row && { sha: row.sha, seq: BigInt(row.seq) };
  }

  /**
   * To be called first in the transaction that adds a revision. Nobody else adds one until it ends.
   *
   * @throws RevisionSupersededError when one was added after `newest`.
   */
  async fence(newest: NewestRevision | undefined): Promise<void> {
    await this.#sql.rows('select 1 from hub for update');
    const now = await this.newest();
    if (now?.seq !== newest?.seq) {
      throw new RevisionSupersededError(`${now?.sha ?? 'another commit'} was resolved meanwhile`);
    }
  }

  async addRefused(commit: CommitRow, problems: readonly unknown[], seenAt: Date): Promise<void> {
    await this.#add(commit, 'Refused', problems, seenAt, { total: 0, failing: 0, failures: [] });
  }

  /** It is `Good` once the desired states that follow from it are stored. */
  async addResolving(commit: CommitRow, seenAt: Date, bundles: BundleOutcomes): Promise<void> {
    await this.#add(commit, 'Resolving', [], seenAt, bundles);
  }

  async #add(
    commit: CommitRow,
    state: string,
    problems: readonly unknown[],
    seenAt: Date,
    bundles: BundleOutcomes,
  ): Promise<void> {
    await this.#sql.rows(
      `insert into revisions (sha, tree_id, message, author, committed_at, state, problems, bundles_total, bundles_failing,
         failures, seen_at, resolve_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
         case when $6 = 'Refused' then extract(epoch from (clock_timestamp() - $11::timestamptz)) * 1000 end)`,
      [
        commit.sha,
        commit.treeId,
        textParameter(commit.message),
        textParameter(commit.author),
        commit.committedAt,
        state,
        jsonParameter(problems),
        bundles.total,
        bundles.failing,
        jsonParameter(bundles.failures),
        seenAt,
      ],
    );
  }

  /** Whether a bundle failed for a reason that may pass: its row has this input key. */
  async hasBundleOfInput(inputKey: string): Promise<boolean> {
    return (
      (await this.#sql.first('select 1 from bundles where input_key = $1 limit 1', [inputKey])) !== undefined
    );
  }

  async bundles(): Promise<BundleRow[]> {
    const rows = await this.#sql.rows<BundleRecord>(
      `select name, labels, spec, input_key, problems, rollout, good_revision, manifest_digest, policy, object_count
       from bundles order by name collate "C"`,
    );
    return rows.map((row) => ({
      name: row.name,
      labels: row.labels,
      spec: row.spec,
      inputKey: row.input_key,
      problems: row.problems,
      rollout: row.rollout,
      goodRevision: row.good_revision ?? undefined,
      manifestDigest: row.manifest_digest ?? undefined,
      policy: row.policy ?? undefined,
      objectCount: row.object_count,
    }));
  }

  /** Writes the bundles that changed and deletes those that left. */
  async saveBundles(changed: readonly BundleRow[], removed: readonly string[]): Promise<void> {
    if (removed.length > 0) await this.#sql.rows('delete from bundles where name = any($1)', [[...removed]]);
    if (changed.length === 0) return;
    await this.#sql.rows(
      `insert into bundles (name, labels, spec, input_key, problems, rollout, good_revision, manifest_digest, policy, object_count)
       select b.name, b.labels, b.spec, b.input_key, b.problems, b.rollout, b.good_revision, b.manifest_digest,
         decode(b.policy, 'base64'), b.object_count
       from jsonb_to_recordset($1) as b(name text, labels jsonb, spec jsonb, input_key text, problems jsonb, rollout jsonb,
         good_revision text, manifest_digest text, policy text, object_count integer)
       on conflict (name) do update set labels = excluded.labels, spec = excluded.spec, input_key = excluded.input_key,
         problems = excluded.problems, rollout = excluded.rollout, good_revision = excluded.good_revision,
         manifest_digest = excluded.manifest_digest, policy = excluded.policy, object_count = excluded.object_count`,
      [
        jsonParameter(
          changed.map((it) => ({
            name: it.name,
            labels: it.labels,
            spec: it.spec,
            input_key: it.inputKey,
            problems: it.problems,
            rollout: it.rollout,
            good_revision: it.goodRevision ?? null,
            manifest_digest: it.manifestDigest ?? null,
            policy: it.policy === undefined ? null : Buffer.from(it.policy).toString('base64'),
            object_count: it.objectCount,
          })),
        ),
      ],
    );
  }

  async setFleet(revision: string, groups: unknown): Promise<void> {
    await this.#sql.rows(
      `insert into fleet (id, revision, groups) values (1, $1, $2)
       on conflict (id) do update set revision = excluded.revision, groups = excluded.groups`,
      [revision, jsonParameter(groups)],
    );
  }

  async fleet(): Promise<{ readonly revision: string; readonly groups: unknown } | undefined> {
    return this.#sql.first<{ revision: string; groups: unknown }>('select revision, groups from fleet');
  }

  async repo(): Promise<RepoState | undefined> {
    const row = await this.#sql.first<{
      url: string;
      ref: string;
      path: string;
      head: string | null;
      fetched_at: Date | null;
      error: string | null;
      error_since: Date | null;
    }>('select url, ref, path, head, fetched_at, error, error_since from repo');
    return (
      row && {
        url: row.url,
        ref: row.ref,
        path: row.path,
        head: row.head ?? undefined,
        fetchedAt: row.fetched_at ?? undefined,
        error: row.error ?? undefined,
        errorSince: row.error_since ?? undefined,
      }
    );
  }

  async setRepo(state: RepoState): Promise<void> {
    await this.#sql.rows(
      `insert into repo (id, url, ref, path, head, fetched_at, error, error_since) values (1, $1, $2, $3, $4, $5, $6, $7)
       on conflict (id) do update set url = excluded.url, ref = excluded.ref, path = excluded.path, head = excluded.head,
         fetched_at = excluded.fetched_at, error = excluded.error, error_since = excluded.error_since`,
      [
        state.url,
        state.ref,
        state.path,
        state.head ?? null,
        state.fetchedAt ?? null,
        state.error === undefined ? null : textParameter(state.error),
        state.errorSince ?? null,
      ],
    );
  }
}

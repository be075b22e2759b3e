import { jsonParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface ObjectRow {
  readonly digest: string;
  readonly sealed: boolean;
  readonly data: Uint8Array;
}

export interface ManifestObjectRow {
  readonly objectDigest: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly images: readonly string[];
}

export interface ManifestRow {
  readonly digest: string;
  readonly data: Uint8Array;
  readonly objects: readonly ManifestObjectRow[];
}

export interface RenderingRow {
  readonly inputKey: string;
  readonly manifestDigest: string;
}

/** A statement's parameters stay below this, so that a bundle of many megabytes needs no buffer of twice its size. */
const statementBytes = 4 * 1024 * 1024;

/** Manifests and objects by digest, and which input renders to which manifest. */
export class ContentRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Those of the inputs that were rendered before and whose manifest is still kept, with its object count. */
  async renderings(
    inputKeys: readonly string[],
  ): Promise<Map<string, { readonly manifestDigest: string; readonly objectCount: number }>> {
    if (inputKeys.length === 0) return new Map();
    const rows = await this.#sql.rows<{ input_key: string; manifest_digest: string; object_count: number }>(
      `select r.input_key, r.manifest_digest, m.object_count from renderings r
       join manifests m on m.digest = r.manifest_digest where r.input_key = any($1)`,
      [[...inputKeys]],
    );
    return new Map(
      rows.map((row) => [
        row.input_key,
        { manifestDigest: row.manifest_digest, objectCount: row.object_count },
      ]),
    );
  }

  /** Which of these digests are not stored yet. */
  async missingObjects(digests: readonly string[]): Promise<Set<string>> {
    if (digests.length === 0) return new Set();
    const rows = await this.#sql.rows<{ digest: string }>(
      'select n.digest from unnest($1::text[]) as n(digest) where not exists (select 1 from objects o where o.digest = n.digest)',
      [[...digests]],
    );
    return new Set(rows.map((row) => row.digest));
  }

  async addObjects(objects: readonly ObjectRow[]): Promise<void> {
    for (const part of partsBySize(objects)) {
      await this.#sql.rows(
        `insert into objects (digest, sealed, data) select * from unnest($1::text[], $2::boolean[], $3::bytea[])
         on conflict do nothing`,
        [part.map((it) => it.digest), part.map((it) => it.sealed), part.map((it) => asBuffer(it.data))],
      );
    }
  }

  /** Adds manifests and what renders to them. Their objects are added before, in the same transaction. */
  async addRenderings(manifests: readonly ManifestRow[], renderings: readonly RenderingRow[]): Promise<void> {
    await this.#sql.rows(
      `insert into manifests (digest, data, object_count) select * from unnest($1::text[], $2::bytea[], $3::integer[])
       on conflict (digest) do update set unreferenced_since = null`,
      [
        manifests.map((it) => it.digest),
        manifests.map((it) => asBuffer(it.data)),
        manifests.map((it) => it.objects.length),
      ],
    );
    const objects = manifests.flatMap((manifest) =>
      manifest.objects.map((object, position) => ({
        manifest_digest: manifest.digest,
        position,
        object_digest: object.objectDigest,
        api_group: object.group,
        version: object.version,
        kind: object.kind,
        namespace: object.namespace,
        name: object.name,
        images: object.images,
      })),
    );
    await this.#sql.rows(
      `insert into manifest_objects (manifest_digest, position, object_digest, api_group, version, kind, namespace, name, images)
       select * from jsonb_to_recordset($1) as o(manifest_digest text, position integer, object_digest text, api_group text,
         version text, kind text, namespace text, name text, images text[])
       on conflict do nothing`,
      [jsonParameter(objects)],
    );
    await this.#sql.rows(
      `insert into renderings (input_key, manifest_digest, used_at)
       select r.*, now() from unnest($1::text[], $2::text[]) as r
       on conflict (input_key) do update set manifest_digest = excluded.manifest_digest, used_at = excluded.used_at`,
      [renderings.map((it) => it.inputKey), renderings.map((it) => it.manifestDigest)],
    );
  }

  /** Manifests and objects of these digests, as they are stored: Secrets sealed. Missing ones are left out. */
  async load(digests: readonly string[]): Promise<ObjectRow[]> {
    return this.#sql.rows<ObjectRow>(
      `select digest, sealed, data from objects where digest = any($1)
       union all select digest, false, data from manifests where digest = any($1)`,
      [[...digests]],
    );
  }

  /** The objects' digests of each of these manifests. */
  async objectDigests(manifestDigests: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.#sql.rows<{ manifest_digest: string; digests: string[] }>(
      `select manifest_digest, array_agg(object_digest order by position) as digests from manifest_objects
       where manifest_digest = any($1) group by manifest_digest`,
      [[...manifestDigests]],
    );
    return new Map(rows.map((row) => [row.manifest_digest, row.digests]));
  }
}

function* partsBySize(objects: readonly ObjectRow[]): Iterable<readonly ObjectRow[]> {
  let part: ObjectRow[] = [];
  let size = 0;
  for (const object of objects) {
    if (size + object.data.length > statementBytes && part.length > 0) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(object);
    size += object.data.length;
  }
  if (part.length > 0) yield part;
}

/** The driver knows `bytea` by Buffer alone. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isList, isObject, numberAt, parseJson, textAt, type Json, type JsonObject } from '../json/value.ts';
import type { TlsIdentity } from '../serve/tls-identity.ts';
import type { StoreContent } from '../store/store.ts';

/** What is kept on disk of a cluster: its objects, and what its kubeconfig says of it, so that this stays true. */
export interface Snapshot {
  readonly token: string;
  readonly identity: TlsIdentity;
  readonly port: number;
  readonly store: StoreContent;
}

const format = 1;

/** Thrown when a snapshot exists and can't be read: the user decides whether to repair or remove it. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

const parsed = (file: string, text: string): Snapshot => {
  const damaged = (why: string): SnapshotError =>
    new SnapshotError(
      `the snapshot ${file} can't be read (${why}); remove the file to start with an empty cluster`,
    );
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  const [version, port, revision] = [
    numberAt(json, 'format'),
    numberAt(json, 'port'),
    numberAt(json, 'revision'),
  ];
  const [token, certificate, key] = ['token', 'certificate', 'key'].map((field) => textAt(json, field));
  const objects = isObject(json) ? json['objects'] : undefined;
  if (version !== format) throw damaged(`its format is ${JSON.stringify(version ?? null)}, not ${format}`);
  if (
    token === undefined ||
    certificate === undefined ||
    key === undefined ||
    port === undefined ||
    revision === undefined ||
    !isObject(objects)
  ) {
    throw damaged('it is incomplete');
  }
  const isObjects = (value: Json): value is readonly JsonObject[] => isList(value) && value.every(isObject);
  const storages: Record<string, readonly JsonObject[]> = {};
  for (const [storage, list] of Object.entries(objects)) {
    if (!isObjects(list)) throw damaged(`"${storage}" is not a list of objects`);
    storages[storage] = list;
  }
  return { token, identity: { certificate, key }, port, store: { revision, objects: storages } };
};

/** `undefined` when there is no snapshot yet. */
export const readSnapshot = async (file: string): Promise<Snapshot | undefined> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return parsed(file, text);
};

/** Whole or not at all: written beside, flushed, and renamed over the old one. */
export const writeSnapshot = async (
  file: string,
  { token, identity, port, store }: Snapshot,
): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ format, token, ...identity, port, ...store }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
};

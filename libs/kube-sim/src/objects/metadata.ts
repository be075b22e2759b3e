import { listAt, objectAt, textAt, withAt, type Json, type JsonObject } from '../json/value.ts';

export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? '';
export const namespaceOf = (object: JsonObject): string | undefined =>
  textAt(object, 'metadata', 'namespace');
export const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid') ?? '';
export const resourceVersionOf = (object: JsonObject): string =>
  textAt(object, 'metadata', 'resourceVersion') ?? '';
export const labelsOf = (object: JsonObject): JsonObject => objectAt(object, 'metadata', 'labels') ?? {};
export const isTerminating = (object: JsonObject): boolean =>
  textAt(object, 'metadata', 'deletionTimestamp') !== undefined;

export const finalizersOf = (object: JsonObject): readonly string[] =>
  listAt(object, 'metadata', 'finalizers').filter((finalizer) => typeof finalizer === 'string');

export const withMeta = (object: JsonObject, field: string, value: Json | undefined): JsonObject =>
  withAt(object, ['metadata', field], value);

/** The fields in the order that the server prints: kind, apiVersion, metadata, the rest. */
export const identified = (object: JsonObject, kind: string, apiVersion: string): JsonObject => {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
  return { kind, apiVersion, metadata: metadata ?? {}, ...rest };
};

/** RFC 3339 in seconds, as Kubernetes writes times. */
export const timestamp = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

import { objectAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { columnsOf, rowOf } from '../table/table.ts';
import type { Representation } from './negotiation.ts';

const metaVersion = 'meta.k8s.io/v1';

const partial = (object: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: metaVersion,
  metadata: objectAt(object, 'metadata') ?? {},
});

/** How much of each object a table carries: what kubectl sorts and names rows by. */
const embedded = (object: JsonObject, includeObject: string | null): JsonObject => {
  if (includeObject === 'None') return {};
  return { object: includeObject === 'Object' ? object : partial(object) };
};

const tableOf = (
  resource: ServedResource,
  objects: readonly JsonObject[],
  metadata: JsonObject,
  query: URLSearchParams,
  now: number,
  withColumns: boolean,
): JsonObject => ({
  kind: 'Table',
  apiVersion: metaVersion,
  metadata,
  columnDefinitions: withColumns ? (columnsOf(resource) as unknown as Json) : null,
  rows: objects.map((object) => ({
    cells: rowOf(resource, object, now),
    ...embedded(object, query.get('includeObject')),
  })),
});

/** What presenting needs beside the objects. */
export interface Presentation {
  readonly representation: Representation;
  readonly resource: ServedResource;
  readonly query: URLSearchParams;
  readonly now: number;
}

export const presentObject = (presentation: Presentation, object: JsonObject): JsonObject => {
  const { representation, resource, query, now } = presentation;
  switch (representation) {
    case 'object':
      return object;
    case 'metadata':
      return partial(object);
    case 'table': {
      const resourceVersion = objectAt(object, 'metadata')?.['resourceVersion'] ?? '';
      return tableOf(resource, [object], { resourceVersion }, query, now, true);
    }
    default:
      return representation satisfies never;
  }
};

export const presentList = (
  presentation: Presentation,
  items: readonly JsonObject[],
  metadata: JsonObject,
): JsonObject => {
  const { representation, resource, query, now } = presentation;
  switch (representation) {
    case 'object':
      return {
        kind: resource.listKind,
        apiVersion: resource.apiVersion,
        metadata,
        items: items.map(itemOf(resource)),
      };
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: metaVersion,
        metadata,
        items: items.map(partial),
      };
    case 'table':
      return tableOf(resource, items, metadata, query, now, true);
    default:
      return representation satisfies never;
  }
};

/** Items of built-in lists don't repeat what the list says; those of custom resources do. */
const itemOf =
  (resource: ServedResource) =>
  (object: JsonObject): JsonObject => {
    if (resource.custom) return object;
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    return rest;
  };

/** An event's object; a table's columns are told with the first event only. */
export const presentEvent = (presentation: Presentation, object: JsonObject, first: boolean): JsonObject =>
  presentation.representation === 'table'
    ? tableOf(
        presentation.resource,
        [object],
        { resourceVersion: objectAt(object, 'metadata')?.['resourceVersion'] ?? '' },
        presentation.query,
        presentation.now,
        first,
      )
    : presentObject(presentation, object);

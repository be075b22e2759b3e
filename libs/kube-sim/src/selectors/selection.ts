import type { JsonObject } from '../json/value.ts';
import { labelsOf, nameOf, namespaceOf } from '../objects/metadata.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { fieldSelector } from './field-selector.ts';
import { labelSelector } from './label-selector.ts';

export type Selection = (object: JsonObject) => boolean;

/** What a list or a watch is about: a namespace, or all; perhaps a name; its selectors. */
export const selectionOf = (
  resource: ServedResource,
  namespace: string | undefined,
  query: URLSearchParams,
  name?: string,
): Selection => {
  const matchesLabels = labelSelector(query.get('labelSelector') ?? '');
  const matchesFields = fieldSelector(resource, query.get('fieldSelector') ?? '');
  return (object) =>
    (namespace === undefined || namespaceOf(object) === namespace) &&
    (name === undefined || nameOf(object) === name) &&
    matchesLabels(labelsOf(object)) &&
    matchesFields(object);
};

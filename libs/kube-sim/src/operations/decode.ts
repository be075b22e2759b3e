import { badRequest } from '../api/api-error.ts';
import { isObject, textAt, type Json, type JsonObject } from '../json/value.ts';
import { asServed, foldedSecret } from '../objects/prepare.ts';
import { namespaceOf, withMeta } from '../objects/metadata.ts';
import { withDefaults } from '../objects/defaults.ts';
import { withSchemaDefaults } from '../registry/crd-schema.ts';
import { normalize } from '../schema/normalize.ts';
import type { WriteOptions } from './cluster.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** The object of a request in the form that the server keeps, with its defaults. */
export const decode = (
  resource: ServedResource,
  body: Json,
  options: Pick<WriteOptions, 'validation' | 'warnings'>,
): JsonObject => {
  if (!isObject(body)) throw badRequest('the request body is not an object');
  const { apiVersion = resource.apiVersion, kind = resource.kind } = body;
  if (apiVersion !== resource.apiVersion || kind !== resource.kind) {
    throw badRequest(
      `${printed(kind)} in version "${resource.version}" cannot be handled as a ${resource.kind}: ` +
        `the API version in the data (${printed(apiVersion)}) does not match the expected API version (${resource.apiVersion})`,
    );
  }
  const { object, issues } = normalize(asServed(resource, body), resource.schema, {
    dropEmpty: !resource.custom,
  });
  const failure = (why: string): Error =>
    badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`,
    );
  const [wrong] = issues.wrong;
  if (wrong !== undefined) throw failure(wrong);
  const unknown = issues.unknown.map((path) => `unknown field "${path}"`);
  if (unknown.length > 0 && options.validation === 'Strict') {
    throw failure(`strict decoding error: ${unknown.join(', ')}`);
  }
  if (options.validation === 'Warn') options.warnings.push(...unknown);
  return completed(resource, object);
};

const printed = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** With defaults, and Secrets' text as bytes. */
export const completed = (resource: ServedResource, object: JsonObject): JsonObject =>
  resource.custom
    ? (withSchemaDefaults(object, resource.schema) as JsonObject)
    : builtInCompleted(resource, object);

const builtInCompleted = (resource: ServedResource, object: JsonObject): JsonObject =>
  withDefaults(resource, foldedSecret(resource, asServed(resource, object)));

/** Sets the namespace of the path, which the object may leave out but not contradict. */
export const inNamespace = (
  resource: ServedResource,
  object: JsonObject,
  namespace: string | undefined,
): JsonObject => {
  const given = namespaceOf(object);
  if (!resource.namespaced) return given === undefined ? object : withMeta(object, 'namespace', undefined);
  if (given !== undefined && given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return withMeta(object, 'namespace', namespace);
};

/** The name of the path, which the object may leave out but not contradict. */
export const withNameOf = (object: JsonObject, name: string): JsonObject => {
  const given = textAt(object, 'metadata', 'name');
  if (given !== undefined && given !== '' && given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  return withMeta(object, 'name', name);
};

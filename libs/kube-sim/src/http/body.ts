import { parse } from 'yaml';
import { ApiError, badRequest } from '../api/api-error.ts';
import { parseJson, type Json } from '../json/value.ts';
import type { ApiRequest } from './message.ts';

export const mediaTypeOf = (request: ApiRequest): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim();

const yaml = (text: string): Json => {
  try {
    return parse(text) as Json;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The request's body as JSON, from JSON or YAML; `undefined` when there is none. */
export const bodyOf = (request: ApiRequest): Json | undefined => {
  const type = mediaTypeOf(request);
  if (type.includes('protobuf') || type.includes('cbor')) {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml' +
        ' (this is a simulated API server: where kubectl sends protobuf, use `kubectl create … --dry-run=client -o yaml | kubectl apply -f -`)',
    );
  }
  if (request.body === '') return undefined;
  try {
    return parseJson(request.body);
  } catch (error) {
    // kubectl sends JSON under the name of YAML, people send YAML.
    if (type.includes('yaml')) return yaml(request.body);
    throw badRequest(
      `the object provided is unrecognized: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

export const requiredBody = (request: ApiRequest): Json => {
  const body = bodyOf(request);
  if (body === undefined) throw badRequest('the request has no body');
  return body;
};

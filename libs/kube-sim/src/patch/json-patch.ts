import { ApiError, badRequest } from '../api/api-error.ts';
import { isList, isObject, jsonEqual, textAt, type Json } from '../json/value.ts';

/** A path that doesn't exist, or a test that failed: 422, as the real server says. */
const unprocessable = (why: string): ApiError =>
  new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`);

const tokensOf = (pointer: string): string[] => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw badRequest(`"${pointer}" is not a JSON pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const indexIn = (list: readonly Json[], token: string, forAdd: boolean): number => {
  if (token === '-' && forAdd) return list.length;
  const index = /^\d+$/.test(token) ? Number(token) : -1;
  if (index < 0 || index > list.length - (forAdd ? 0 : 1))
    throw unprocessable(`no index ${token} in the list`);
  return index;
};

const valueAt = (document: Json, tokens: readonly string[]): Json =>
  tokens.reduce<Json>((inner, token) => {
    if (isList(inner)) return inner[indexIn(inner, token, false)]!;
    const next = isObject(inner) ? inner[token] : undefined;
    if (next === undefined) throw unprocessable(`no field "${token}"`);
    return next;
  }, document);

type Change = (parent: Json, token: string) => Json;

/** The document with the parent of what `tokens` point at changed. */
const changedAt = (document: Json, tokens: readonly string[], change: Change): Json => {
  const [token, ...rest] = tokens;
  if (token === undefined) throw badRequest('the whole document cannot be patched');
  if (rest.length === 0) return change(document, token);
  const inner = changedAt(valueAt(document, [token]), rest, change);
  if (isList(document)) return document.with(indexIn(document, token, false), inner);
  return isObject(document) ? { ...document, [token]: inner } : document;
};

const add =
  (value: Json): Change =>
  (parent, token) => {
    if (isList(parent)) return parent.toSpliced(indexIn(parent, token, true), 0, value);
    if (isObject(parent)) return { ...parent, [token]: value };
    throw unprocessable(`"${token}" has no list or object around it`);
  };

const remove: Change = (parent, token) => {
  if (isList(parent)) return parent.toSpliced(indexIn(parent, token, false), 1);
  valueAt(parent, [token]);
  const { [token]: _removed, ...rest } = parent as Record<string, Json>;
  return rest;
};

const replace =
  (value: Json): Change =>
  (parent, token) => {
    valueAt(parent, [token]);
    return isList(parent)
      ? parent.with(indexIn(parent, token, false), value)
      : { ...(parent as object), [token]: value };
  };

const step = (document: Json, operation: Json): Json => {
  const path = tokensOf(textAt(operation, 'path') ?? '');
  const from = (): string[] => tokensOf(textAt(operation, 'from') ?? '');
  const value = (): Json => {
    const given = isObject(operation) ? operation['value'] : undefined;
    if (given === undefined) throw badRequest('a JSON patch operation lacks its value');
    return given;
  };
  switch (textAt(operation, 'op')) {
    case 'add':
      return changedAt(document, path, add(value()));
    case 'remove':
      return changedAt(document, path, remove);
    case 'replace':
      return changedAt(document, path, replace(value()));
    case 'copy':
      return changedAt(document, path, add(valueAt(document, from())));
    case 'move':
      return changedAt(changedAt(document, from(), remove), path, add(valueAt(document, from())));
    case 'test':
      if (!jsonEqual(valueAt(document, path), value()))
        throw unprocessable('a test of the JSON patch failed');
      return document;
    default:
      throw badRequest(`unknown JSON patch operation "${textAt(operation, 'op') ?? ''}"`);
  }
};

/** JSON patch, RFC 6902. */
export const jsonPatched = (document: Json, patch: Json): Json => {
  if (!isList(patch)) throw badRequest('a JSON patch is a list of operations');
  return patch.reduce(step, document);
};

import { ApiError } from '../api/api-error.ts';
import { administrator, type User } from '../admission/user.ts';
import type { ApiRequest } from './message.ts';

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Which groups somebody is in of whom only the name was said. */
const impliedGroups = (username: string): readonly string[] => {
  const [, namespace] = serviceAccount.exec(username) ?? [];
  return [
    ...(namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
    ...(username === 'system:anonymous' ? ['system:unauthenticated'] : ['system:authenticated']),
  ];
};

const extraPrefix = 'impersonate-extra-';

const extraOf = (headers: ApiRequest['headers']): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(extraPrefix))
      .map(([name, value = '']) => [decodeURIComponent(name.slice(extraPrefix.length)), value.split(',')]),
  );

const listOf = (header: string | undefined): readonly string[] =>
  header === undefined || header === '' ? [] : header.split(',').map((one) => one.trim());

/**
 * Who asks: the administrator, or whom the administrator impersonates. Only who it is changes, nobody is refused
 * anything.
 */
export const userOf = ({ headers }: ApiRequest): User => {
  const username = headers['impersonate-user'] ?? '';
  const groups = listOf(headers['impersonate-group']);
  const [uid, extra] = [headers['impersonate-uid'], extraOf(headers)];
  if (username === '') {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return administrator;
    throw new ApiError(500, 'InternalError', 'Internal Server Error: impersonation without a user');
  }
  const given = groups.length === 0 ? impliedGroups(username) : groups;
  return {
    username,
    ...(uid !== undefined && { uid }),
    groups:
      given.includes('system:authenticated') || given.includes('system:unauthenticated')
        ? given
        : [...given, 'system:authenticated'],
    ...(Object.keys(extra).length > 0 && { extra }),
  };
};

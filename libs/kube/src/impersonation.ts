import type { ServiceAccountRef } from './port.ts';

/**
 * The headers that make a request one of a service account.
 *
 * Its groups (`system:serviceaccounts`, `system:serviceaccounts:<namespace>`, `system:authenticated`) are left to the
 * API server, which gives a service account exactly these where none are named. Naming them would need the right to
 * impersonate groups, and whoever has that for all groups is an administrator.
 */
export function impersonating({ namespace, name }: ServiceAccountRef): readonly string[] {
  return ['impersonate-user', userNameOf({ namespace, name })];
}

/** As RBAC and audit logs name a service account. */
export function userNameOf({ namespace, name }: ServiceAccountRef): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

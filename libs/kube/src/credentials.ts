import { readFile } from 'node:fs/promises';
import type { KubeConfig } from './config.ts';

/** How long a token file's content is believed. The kubelet replaces a token at 80% of its life, an hour at least. */
const TOKEN_FILE_TTL_MS = 60_000;

/** The `Authorization` header of each request. */
export interface Credentials {
  /** Whether asking again after a 401 may give another answer. */
  readonly renewable: boolean;
  /** The header as known now, or `undefined` while it has to be fetched: the hot path stays synchronous. */
  current(): { readonly value: string | undefined } | undefined;
  fetch(fresh: boolean): Promise<string | undefined>;
}

export function credentialsOf(config: KubeConfig, now: () => number = Date.now): Credentials {
  if (config.authorization !== undefined) return cached(config.authorization, now);
  if (config.tokenFile !== undefined) return cached(tokenFileReader(config.tokenFile), now);
  const value = config.token === undefined ? undefined : `Bearer ${config.token}`;
  return { renewable: false, current: () => ({ value }), fetch: async () => value };
}

function tokenFileReader(path: string): () => Promise<string> {
  return async () => `Bearer ${(await readFile(path, 'utf8')).trim()}`;
}

/** Believes what `source` gave for a minute; concurrent requests wait for the same answer. */
function cached(
  source: (options: { readonly fresh: boolean }) => Promise<string | undefined>,
  now: () => number,
): Credentials {
  let known: { readonly value: string | undefined; readonly until: number } | undefined;
  let pending: Promise<string | undefined> | undefined;
  return {
    renewable: true,
    current: () => (known !== undefined && now() < known.until ? known : undefined),
    fetch: (fresh) => {
      pending ??= source({ fresh })
        .then((value) => {
          known = { value, until: now() + TOKEN_FILE_TTL_MS };
          return value;
        })
        .finally(() => {
          pending = undefined;
        });
      return pending;
    },
  };
}

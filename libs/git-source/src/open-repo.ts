import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HttpClient } from './http/client.ts';
import type { GitRemote } from './port.ts';
import { locate } from './remote-url.ts';
import { LocalRepo } from './repo/local-repo.ts';
import { MirrorStore } from './repo/mirror-store.ts';
import { Mirror } from './repo/mirror.ts';
import type { RepoReader } from './repo/repo-reader.ts';

/** Opens a repo in this very thread. */
export async function openRepo(remote: GitRemote, dataDir: string): Promise<RepoReader> {
  const location = locate(remote);
  if (location.kind === 'local') return LocalRepo.open(location.path, remote.ref);
  const { url, username = remote.username, password = remote.token } = location;
  const folder = createHash('sha256').update(url.href).digest('hex').slice(0, 32);
  const endpoint = { http: new HttpClient(remote.ca), url, username, password, tokenFile: remote.tokenFile };
  const store = new MirrorStore(join(privateFolder(join(dataDir, 'git')), `${folder}.git`));
  return Mirror.open(endpoint, remote.ref, store);
}

/** Mirrors are as secret as their repos, also where others may pass through the hub's folder to its database. */
function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700); // also one that an earlier hub has made
  return path;
}

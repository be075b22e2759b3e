import { createHash } from 'node:crypto';
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
  return Mirror.open(endpoint, remote.ref, new MirrorStore(join(dataDir, 'git', `${folder}.git`)));
}

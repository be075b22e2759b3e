import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveByHttpBackend } from './cgi.ts';
import { TestRepo } from './repo.ts';

export interface GitServerOptions {
  /** HTTPS with a certificate made for the occasion; see `ca`. */
  readonly tls?: boolean;
  /** Asked of every request, by HTTP's Basic. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** False: as servers that know protocol version 1 only. */
  readonly protocol2?: boolean;
}

export interface ServedRepo {
  /** What a client fetches from. */
  readonly url: string;
  /** The bare repo on disk. */
  readonly bare: string;
  /** A clone with a work tree; `push` sends its branch to the bare repo. */
  readonly work: TestRepo;
  /** Commits the files, pushes, and returns the commit's id. */
  commit(files: Readonly<Record<string, string | Uint8Array | null>>, message?: string): Promise<string>;
}

export interface GitServer {
  readonly url: string;
  /** PEM of the certificate to trust; undefined without TLS. */
  readonly ca: string | undefined;
  readonly requests: readonly { readonly method: string; readonly path: string }[];
  createRepo(name: string, options?: { readonly branch?: string }): Promise<ServedRepo>;
  /** Bytes that came in and went out since the last call, TLS aside. */
  takeTraffic(): { readonly requests: number; readonly bytesIn: number; readonly bytesOut: number };
  /** Answers the coming requests in place of Git, until called with undefined. */
  intercept(handler: ((request: IncomingMessage, response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

/** A real Git server on loopback: `git http-backend` behind Node's HTTP(S). */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(join(tmpdir(), 'muster-git-'));
  const certificate = options.tls === true ? await makeCertificate(root) : undefined;
  const requests: { method: string; path: string }[] = [];
  let interceptor: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  const traffic = { requests: 0, bytesIn: 0, bytesOut: 0 };

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '' });
    const { socket } = request;
    const [readBefore, writtenBefore] = [countedIn.get(socket) ?? 0, countedOut.get(socket) ?? 0];
    response.on('close', () => {
      traffic.requests += 1;
      traffic.bytesIn += socket.bytesRead - readBefore;
      traffic.bytesOut += socket.bytesWritten - writtenBefore;
      countedIn.set(socket, socket.bytesRead);
      countedOut.set(socket, socket.bytesWritten);
    });
    if (interceptor !== undefined) interceptor(request, response);
    else if (options.auth !== undefined && !isAuthorized(request, options.auth)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else serveByHttpBackend(request, response, { root, protocol2: options.protocol2 ?? true });
  };
  const countedIn = new WeakMap<Socket, number>();
  const countedOut = new WeakMap<Socket, number>();
  const server =
    certificate === undefined ? http.createServer(handle) : https.createServer(certificate, handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    ca: certificate?.cert,
    requests,
    createRepo: (name, repoOptions) => createRepo(root, url, name, repoOptions?.branch ?? 'main'),
    takeTraffic: () => {
      const taken = { ...traffic };
      Object.assign(traffic, { requests: 0, bytesIn: 0, bytesOut: 0 });
      return taken;
    },
    intercept: (handler) => {
      interceptor = handler;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function createRepo(root: string, url: string, name: string, branch: string): Promise<ServedRepo> {
  const bare = join(root, `${name}.git`);
  await mkdir(bare, { recursive: true });
  execFileSync('git', ['init', '-q', '--bare', '-b', branch, bare], { stdio: 'pipe' });
  const work = await TestRepo.create(join(root, 'work', name), { branch });
  await work.git('remote', 'add', 'origin', bare);
  return {
    url: `${url}/${name}.git`,
    bare,
    work,
    commit: async (files, message) => {
      const sha = await work.commit(files, message);
      await work.git('push', '-q', '--force', 'origin', 'HEAD');
      return sha;
    },
  };
}

function isAuthorized(request: IncomingMessage, auth: { username: string; password: string }): boolean {
  return (
    request.headers.authorization ===
    `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
  );
}

async function makeCertificate(folder: string): Promise<{ cert: string; key: string }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'pipe',
  });
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

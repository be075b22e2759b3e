import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';

export interface CgiOptions {
  /** Folder of the bare repos. */
  readonly root: string;
  /** False: the server answers as those do that know protocol version 1 only. */
  readonly protocol2: boolean;
}

/** Answers one request with `git http-backend` (RFC 3875 as far as that program needs it). */
export function serveByHttpBackend(
  request: IncomingMessage,
  response: ServerResponse,
  options: CgiOptions,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const {
    'git-protocol': gitProtocol,
    'content-type': contentType,
    'content-encoding': encoding,
  } = request.headers;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: contentType,
      REMOTE_ADDR: '127.0.0.1',
      ...(options.protocol2 && gitProtocol !== undefined ? { GIT_PROTOCOL: String(gitProtocol) } : {}),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined); // the program may answer before it has read everything
  (encoding === 'gzip' ? request.pipe(createGunzip()) : request).pipe(child.stdin);
  response.on('close', () => child.kill());

  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    child.stdout.off('data', onHead);
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on('data', onHead);
  child.on('close', () => {
    if (!response.writableEnded) response.end();
  });
}

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { GitError } from '../errors.ts';
import { delimPkt, flushPkt, pktLine, readPkts, textOf } from './pkt-line.ts';
import { type Endpoint, command, nameOf, unreachable } from './smart-http.ts';

export interface PackRequest {
  readonly want: string;
  /** Commits that are here already. */
  readonly haves: readonly string[];
  /** Commits whose parents aren't here. */
  readonly shallow: readonly string[];
  /** How many commits of history to take; undefined: all that the haves don't cover. */
  readonly depth: number | undefined;
  /** Where the pack goes. */
  readonly file: string;
}

export interface PackAnswer {
  readonly shallow: readonly string[];
  readonly unshallow: readonly string[];
}

const maxPackBytes = 1024 * 1024 * 1024;

/**
 * Fetches a pack by protocol 2, in one request: what is here is one line of history, so that there is nothing to
 * negotiate (`done` goes along at once). The pack stands by itself: not thin, so any Git can read the mirror.
 */
export async function fetchPack(
  endpoint: Endpoint,
  request: PackRequest,
  signal?: AbortSignal,
): Promise<PackAnswer> {
  const { want, haves, shallow, depth } = request;
  const body = Buffer.concat([
    pktLine('command=fetch'),
    pktLine('agent=git/muster'),
    delimPkt,
    ...['no-progress', 'ofs-delta', `want ${want}`].map(pktLine),
    ...shallow.map((id) => pktLine(`shallow ${id}`)),
    ...(depth === undefined ? [] : [pktLine(`deepen ${depth}`)]),
    ...haves.map((id) => pktLine(`have ${id}`)),
    pktLine('done'),
    flushPkt,
  ]);
  const response = await command(endpoint, body, signal);
  try {
    return await readAnswer(endpoint, response.body, request.file);
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
}

async function readAnswer(
  endpoint: Endpoint,
  body: AsyncIterable<Buffer>,
  file: string,
): Promise<PackAnswer> {
  const answer = { shallow: [] as string[], unshallow: [] as string[] };
  const out = createWriteStream(file);
  let section = '';
  let size = 0;
  try {
    for await (const pkt of readPkts(body)) {
      if (pkt.kind !== 'line') {
        section = '';
      } else if (section === 'packfile') {
        const data = sideband(endpoint, pkt.data);
        size += data.length;
        if (size > maxPackBytes)
          throw new GitError('refused', `${nameOf(endpoint)} is larger than ${maxPackBytes >> 20} MiB`);
        if (data.length > 0 && !out.write(data)) await once(out, 'drain');
      } else {
        const line = textOf(pkt.data);
        if (line.startsWith('ERR '))
          throw new GitError('unreachable', `${nameOf(endpoint)} says: ${line.slice(4)}`);
        if (section === 'shallow-info') {
          const [kind, id = ''] = line.split(' ');
          if (kind === 'shallow' || kind === 'unshallow') answer[kind].push(id);
        } else section = line;
      }
    }
  } finally {
    out.end();
    await finished(out);
  }
  if (size === 0) throw new Error('the answer has no pack');
  return answer;
}

/** One of three bands: the pack, progress, and a last word of a server that gives up. */
function sideband(endpoint: Endpoint, data: Buffer): Buffer {
  switch (data[0]) {
    case 1:
      return data.subarray(1);
    case 2:
      return Buffer.alloc(0);
    default:
      throw new GitError('unreachable', `${nameOf(endpoint)} says: ${textOf(data.subarray(1))}`);
  }
}

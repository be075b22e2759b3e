import { GitError } from '../errors.ts';
import { delimPkt, flushPkt, pktLine, readPkts, textOf } from './pkt-line.ts';
import { type Endpoint, command, nameOf, unreachable } from './smart-http.ts';

export interface RemoteRef {
  /** `refs/heads/…` or `refs/tags/…`. */
  readonly name: string;
  /** What the ref points at: for an annotated tag the tag object. */
  readonly id: string;
  /** The commit: the same, but for an annotated tag. */
  readonly commit: string;
}

interface ListedRef {
  readonly name: string;
  readonly id: string;
  readonly peeled: string | undefined;
  readonly target: string | undefined;
}

/**
 * Finds a branch or tag (a branch first, where both exist), or with '' the default branch, at the cost of one small
 * request: protocol 2 lists only what it is asked for.
 */
export async function findRemoteRef(
  endpoint: Endpoint,
  ref: string,
  signal?: AbortSignal,
): Promise<RemoteRef> {
  const names = candidates(ref);
  const body = Buffer.concat([
    pktLine('command=ls-refs'),
    pktLine('agent=git/muster'),
    delimPkt,
    pktLine('peel'),
    pktLine('symrefs'),
    ...names.map((name) => pktLine(`ref-prefix ${name}`)),
    flushPkt,
  ]);
  const response = await command(endpoint, body, signal);
  const listed: ListedRef[] = [];
  try {
    for await (const pkt of readPkts(response.body))
      if (pkt.kind === 'line') listed.push(parse(textOf(pkt.data)));
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
  const found = names.flatMap((name) => listed.find((entry) => entry.name === name) ?? [])[0];
  if (found === undefined) throw noSuchRef(nameOf(endpoint), ref);
  return { name: found.target ?? found.name, id: found.id, commit: found.peeled ?? found.id };
}

export function candidates(ref: string): readonly string[] {
  if (ref === '') return ['HEAD'];
  return ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

export function noSuchRef(repo: string, ref: string): GitError {
  const message = ref === '' ? `${repo} has no commit yet` : `${repo} has no branch or tag named ${ref}`;
  return new GitError('no-such-ref', message);
}

function parse(line: string): ListedRef {
  const [id = '', name = '', ...attributes] = line.split(' ');
  const attribute = (key: string) => attributes.find((text) => text.startsWith(key))?.slice(key.length);
  return { id, name, peeled: attribute('peeled:'), target: attribute('symref-target:') };
}

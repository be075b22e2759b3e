import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import git from 'isomorphic-git';
import { syncFs } from './sync-fs.ts';

const packHeaderSize = 12;
const packTrailerSize = 20;
/** More packs than this make every read slower; a fetch adds one. */
const maxPacks = 40;

/** A bare repo that only this process writes: packs, one ref per branch or tag that was asked for, and `shallow`. */
export class MirrorStore {
  readonly gitdir: string;
  readonly #incoming: string;

  constructor(gitdir: string) {
    this.gitdir = gitdir;
    this.#incoming = join(gitdir, 'incoming');
  }

  /** Makes it where it is missing, and clears away what a killed process left half done. */
  async open(): Promise<void> {
    if (!existsSync(join(this.gitdir, 'HEAD'))) {
      await git.init({ fs: syncFs, gitdir: this.gitdir, bare: true, defaultBranch: 'main' });
      // Only for servers of protocol 1, whose fetches isomorphic-git does by itself.
      const refspec = { path: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' };
      await git.setConfig({ fs: syncFs, gitdir: this.gitdir, ...refspec });
    }
    rmSync(this.#incoming, { recursive: true, force: true });
    mkdirSync(this.#incoming, { recursive: true });
    mkdirSync(join(this.gitdir, 'objects/pack'), { recursive: true });
  }

  async wipe(): Promise<void> {
    rmSync(this.gitdir, { recursive: true, force: true });
    await this.open();
  }

  /** Where a pack may be written before it is taken in. */
  newPackFile(): string {
    return join(this.#incoming, 'new.pack');
  }

  /**
   * Indexes a pack and puts it among the others: the index last, since it is what makes the pack visible. Nothing is
   * flushed to disk: packs bear checksums, and a mirror that a power cut damaged is fetched anew.
   */
  async takeIn(file: string): Promise<void> {
    if (isEmptyPack(file)) {
      rmSync(file);
      return;
    }
    await git.indexPack({ fs: syncFs, dir: this.gitdir, gitdir: this.gitdir, filepath: 'incoming/new.pack' });
    const name = join(this.#packFolder(), `pack-${trailerOf(file)}`);
    const index = file.replace(/pack$/, 'idx');
    renameSync(file, `${name}.pack`);
    renameSync(index, `${name}.idx`);
  }

  async readRef(name: string): Promise<string | undefined> {
    try {
      return await git.resolveRef({ fs: syncFs, gitdir: this.gitdir, ref: name });
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      throw error;
    }
  }

  /** Written after every fetch, and only when all that it reaches is here: the next fetch builds on it. */
  async writeRef(name: string, value: string): Promise<void> {
    await git.writeRef({ fs: syncFs, gitdir: this.gitdir, ref: name, value, force: true });
  }

  readShallow(): readonly string[] {
    const file = join(this.gitdir, 'shallow');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  changeShallow(added: readonly string[], removed: readonly string[]): void {
    if (added.length + removed.length === 0) return;
    const ids = new Set([...this.readShallow(), ...added]);
    for (const id of removed) ids.delete(id);
    writeFileSync(join(this.gitdir, 'shallow'), [...ids].map((id) => `${id}\n`).join(''));
  }

  /** Joins all packs but the largest when there are many. True when it did. */
  async consolidate(): Promise<boolean> {
    const folder = this.#packFolder();
    const packs = readdirSync(folder)
      .filter((name) => name.endsWith('.idx'))
      .map((name) => join(folder, name.slice(0, -'.idx'.length)));
    if (packs.length <= maxPacks) return false;
    const small = packs
      .map((pack) => ({ pack, size: statSync(`${pack}.pack`).size }))
      .sort((a, b) => a.size - b.size)
      .slice(0, -1);
    const oids = new Set(small.flatMap(({ pack }) => objectsOf(`${pack}.idx`)));
    const { packfile } = await git.packObjects({
      fs: syncFs,
      gitdir: this.gitdir,
      oids: [...oids],
      cache: {},
    });
    writeFileSync(this.newPackFile(), packfile!);
    await this.takeIn(this.newPackFile());
    for (const { pack } of small) for (const ending of ['idx', 'pack']) rmSync(`${pack}.${ending}`);
    return true;
  }

  #packFolder(): string {
    return join(this.gitdir, 'objects/pack');
  }
}

/** The ids in a pack's index (gitformat-pack, version 2: 8 bytes, 256 counters, then the sorted ids). */
function objectsOf(index: string): string[] {
  const bytes = readFileSync(index);
  const first = 8 + 256 * 4;
  const count = bytes.readUInt32BE(first - 4);
  return Array.from({ length: count }, (_, i) => bytes.toString('hex', first + i * 20, first + i * 20 + 20));
}

function isEmptyPack(file: string): boolean {
  return readAt(file, 8, packHeaderSize - 8).readUInt32BE(0) === 0;
}

function trailerOf(file: string): string {
  return readAt(file, statSync(file).size - packTrailerSize, packTrailerSize).toString('hex');
}

function readAt(file: string, position: number, length: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, position);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

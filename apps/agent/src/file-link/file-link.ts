import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentCore, FetchBlobs, HubLink } from '../hub-port.ts';
import { errorText } from '../log.ts';
import type { Log } from '../log.ts';
import { readStateFile } from './state-file.ts';

const lookMs = 250;

export interface FileLinkOptions {
  readonly path: string;
  /** Where statuses are written, as JSON, after each change. */
  readonly statusPath: string | undefined;
  readonly log: Log;
}

/** A link without a hub: the desired state is a file, read again whenever it changes. For tests, and for a first look. */
export function createFileLink({ path, statusPath, log }: FileLinkOptions): HubLink {
  return {
    async run(core, signal) {
      if (statusPath) writeStatuses(core, statusPath, signal, log);
      let seen = '';
      while (!signal.aborted) {
        const now = await stat(path).then(
          (found) => `${found.mtimeMs} ${found.size} ${found.ino}`,
          () => '',
        );
        if (now !== '' && now !== seen) {
          if (await offerFile(core, path, log)) seen = now;
        }
        await delay(lookMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

async function offerFile(core: AgentCore, path: string, log: Log): Promise<boolean> {
  try {
    const held = core.held()?.version;
    const next = { epoch: held?.epoch ?? 1n, generation: (held?.generation ?? 0n) + 1n };
    const { blobs, ...offer } = readStateFile(await readFile(path), () => next);
    const fetch: FetchBlobs = async function* (digests) {
      for (const digest of digests) yield { digest, data: blobs.get(digest) ?? new Uint8Array() };
    };
    const outcome = await core.offer({ ...offer, fetch });
    if (outcome.outcome !== 'held') log.warn(outcome, 'the desired state in the file was not taken on');
    return outcome.outcome !== 'failed';
  } catch (error) {
    log.warn(`cannot read the desired state: ${errorText(error)}`);
    return true;
  }
}

function writeStatuses(core: AgentCore, path: string, signal: AbortSignal, log: Log): void {
  let writing: Promise<void> = Promise.resolve();
  const write = (): void => {
    writing = writing
      .then(async () => {
        const text = JSON.stringify(core.statuses(), (_, value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value,
        );
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      })
      .catch((error: unknown) => log.warn(`cannot write the statuses: ${errorText(error)}`));
  };
  write();
  core.onStatuses(write, signal);
}

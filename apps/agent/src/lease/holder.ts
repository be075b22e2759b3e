import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who holds a Lease, and whether a former holder is surely dead. */
export interface Holder {
  readonly identity: string;
  /** True only where it is known that the other can never write again; it is taken over at once then. */
  readonly isDead: (identity: string) => Promise<boolean>;
}

/**
 * In a pod `pod/<uid>/<random>`: another process of the same pod was there before us, and the kubelet starts one at
 * a time. Elsewhere `host/<hostname>/<boot id>/<pid namespace>/<pid>/<start time>`: on the same kernel a process
 * that isn't there any more is dead. Anyone else is waited for.
 */
export async function currentHolder(podUid: string | undefined): Promise<Holder> {
  if (podUid) {
    const prefix = `pod/${podUid}/`;
    const identity = prefix + randomBytes(6).toString('hex');
    return { identity, isDead: async (other) => other.startsWith(prefix) && other !== identity };
  }
  const bootId = await read('/proc/sys/kernel/random/boot_id');
  const pidNamespace = await readlink('/proc/self/ns/pid').catch(() => undefined);
  const start = await startTime(process.pid);
  if (bootId === undefined || pidNamespace === undefined || start === undefined) {
    return {
      identity: `host/${hostname()}/${process.pid}/${randomBytes(6).toString('hex')}`,
      isDead: async () => false,
    };
  }
  const prefix = `host/${hostname()}/${bootId.trim()}/${/\d+/.exec(pidNamespace)?.[0] ?? ''}/`;
  return {
    identity: `${prefix}${process.pid}/${start}`,
    isDead: async (other) => {
      if (!other.startsWith(prefix)) return false;
      const [pid, started] = other.slice(prefix.length).split('/');
      return (await startTime(Number(pid))) !== started;
    },
  };
}

/** Field 22 of `stat`, in clock ticks since boot: tells a process from a later one with its number. A zombie is dead. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' && fields[0] !== 'X' ? fields[19] : undefined;
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

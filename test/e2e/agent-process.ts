import type { Policy } from '@muster/manifest';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The fleet of all agents that run from a file. */
export const fleet = '6f1c0a52-9d6b-4bb2-9d1c-3c1f2a7e5b10';

/** A bundle as a desired-state file writes it. */
export interface FileAssignment {
  readonly bundle: string;
  readonly namespace?: string;
  readonly paused?: boolean;
  readonly requiredFeatures?: readonly string[];
  readonly policy?: Policy;
  readonly objects: readonly object[];
}

export interface FileState {
  /** Another than that of all agents that run from a file. */
  readonly fleet?: string;
  readonly generation?: number;
  readonly paused?: boolean;
  readonly assignments: readonly FileAssignment[];
  readonly deletionConsents?: readonly string[];
  readonly pruneHolds?: readonly { bundle: string; reason: string }[];
  readonly pausedLeaving?: readonly string[];
}

export interface ToldStatus {
  readonly bundle: string;
  readonly sync: string;
  readonly health: string;
  readonly reason: string;
  readonly message: string;
  readonly version: { readonly generation: number };
  readonly objects: readonly {
    readonly object: { readonly name: string };
    readonly reason: string;
    readonly message: string;
  }[];
  readonly warnings: readonly string[];
  readonly gone: boolean;
}

const endsWithinMs = 45_000;
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * An agent process on a cluster, its desired state a file. It dies with this process, and once stopped it cannot be
 * started: a test that ran out of time goes on when what it waited for comes, while others have the cluster.
 */
export class AgentProcess {
  readonly #kubeconfig: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #isStopped = false;
  #log = '';

  constructor(kubeconfig: string, folder: string) {
    this.#kubeconfig = kubeconfig;
    this.#folder = folder;
  }

  static async on(kubeconfig: string): Promise<AgentProcess> {
    return new AgentProcess(kubeconfig, await mkdtemp(join(tmpdir(), 'muster-agent-')));
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** `print` may say what JSON of JavaScript can't: integers beyond 2^53. */
  async say(state: FileState, print: (text: string) => string = (text) => text): Promise<void> {
    const path = join(this.#folder, 'state.json');
    await writeFile(`${path}.new`, print(JSON.stringify({ fleet, ...state })));
    await rename(`${path}.new`, path);
  }

  start(options: { readonly crashAt?: string; readonly env?: Readonly<Record<string, string>> } = {}): void {
    if (this.#isStopped) throw new Error('this agent was stopped for good: its test is over');
    if (this.#child && !isDead(this.#child)) throw new Error(`this agent still runs\n${this.#log}`);
    const { crashAt, env } = options;
    const main = join(import.meta.dirname, '../../apps/agent/src/main.ts');
    const args = [
      '--kubeconfig',
      this.#kubeconfig,
      '--desired-state',
      join(this.#folder, 'state.json'),
      '--status-file',
      this.#statusPath,
    ];
    const child = spawn(process.execPath, [main, ...args], {
      env: { PATH: process.env['PATH'], ...(crashAt ? { MUSTER_CRASH_AT: crashAt } : {}), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#log += chunk));
    this.#child = child;
  }

  /** Resolves when the process is dead, however it died; rejects, with its log, when it lives on. */
  async ended(withinMs = endsWithinMs): Promise<NodeJS.Signals | number | null> {
    const child = this.#child;
    if (!child) return null;
    if (!isDead(child)) {
      const signal = AbortSignal.timeout(withinMs);
      await once(child, 'exit', { signal }).catch((cause: unknown) => {
        throw new Error(`the agent did not end within ${withinMs} ms\n${this.#log}`, { cause });
      });
    }
    return child.signalCode ?? child.exitCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child?.kill(signal);
    await this.ended();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async statuses(): Promise<readonly ToldStatus[]> {
    return readFile(this.#statusPath, 'utf8').then(
      (text) => JSON.parse(text) as ToldStatus[],
      () => [],
    );
  }

  /** Waits until the status of a bundle is as wanted; says what it was instead when it never is. */
  async until(bundle: string, isIt: (status: ToldStatus) => boolean, withinMs = 30_000): Promise<ToldStatus> {
    let last: ToldStatus | undefined;
    for (const end = Date.now() + withinMs; Date.now() < end; await delay(20)) {
      last = (await this.statuses()).find((status) => status.bundle === bundle);
      if (last && isIt(last)) return last;
    }
    throw new Error(`the status of ${bundle} stayed ${JSON.stringify(last)}\n${this.#log}`);
  }

  async untilSynced(bundle: string, generation?: number, withinMs?: number): Promise<ToldStatus> {
    return this.until(
      bundle,
      (status) =>
        status.sync === 'Synced' && (generation === undefined || status.version.generation === generation),
      withinMs,
    );
  }

  get #statusPath(): string {
    return join(this.#folder, 'status.json');
  }
}

function isDead(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

export function configMap(name: string, value = '1', more: object = {}): object {
  return { apiVersion: 'v1', data: { value }, kind: 'ConfigMap', metadata: { name, ...more } };
}

/** Asks again until the answer is as wanted. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isIt: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  let last: T | undefined;
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(10)) {
    last = await ask();
    if (isIt(last)) return last;
  }
  throw new Error(`it stayed ${JSON.stringify(last)}`);
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../kubernetes/index.ts';
import { HubClient } from './hub-client.ts';
import { refuseStart, type RunningProgram, startProgram } from './program.ts';
import { until } from './until.ts';

export interface HubOptions {
  readonly gitUrl: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A hub of this test's own, on free ports and an embedded database in a temporary folder. */
export interface TestHub {
  readonly url: string;
  readonly data: string;
  readonly enrolmentAddress: string;
  readonly sessionAddress: string;
  readonly api: HubClient;
  readonly program: () => RunningProgram;
  /** For the CLI. */
  readonly env: () => Promise<Record<string, string>>;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same ports and data, and resolves when it is ready. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const STOP_MS = 15_000;

/** Starts the built hub and resolves when it is ready. */
export async function startHub(options: HubOptions): Promise<TestHub> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-hub-'));
  const data = join(folder, 'data');
  const [http, session, enrolment] = (await freePorts(3)) as [number, number, number];
  const url = `http://127.0.0.1:${http}`;
  const api = new HubClient(url, () => readFile(join(data, 'admin-token'), 'utf8'));
  const launch = (): RunningProgram =>
    startProgram(
      'hub',
      [
        ...['--data', data, '--git-url', options.gitUrl],
        ...[
          '--http-port',
          String(http),
          '--session-port',
          String(session),
          '--enrolment-port',
          String(enrolment),
        ],
        ...(options.flags ?? []),
      ],
      { logFile: join(folder, 'hub.log'), env: { ...options.env, XDG_CONFIG_HOME: join(folder, 'config') } },
    );
  let program = launch();
  let isStopped = false;
  const ready = async (): Promise<void> => {
    await until(
      'a ready hub',
      () => isReadyOrEnded(program, url),
      (state) => state !== 'starting',
      { timeoutMs: 60_000 },
    );
    if (!program.running()) throw new Error(`the hub ended: ${(await program.log()).slice(-3000)}`);
  };
  const stop = async (): Promise<void> => {
    isStopped = true;
    const force = setTimeout(() => void program.kill('SIGKILL'), STOP_MS);
    await program.kill('SIGTERM');
    clearTimeout(force);
    await rm(folder, { recursive: true, force: true });
  };
  await ready().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    data,
    enrolmentAddress: `127.0.0.1:${enrolment}`,
    sessionAddress: `127.0.0.1:${session}`,
    api,
    program: () => program,
    env: async () => ({
      MUSTER_URL: url,
      MUSTER_TOKEN: (await readFile(join(data, 'admin-token'), 'utf8')).trim(),
      XDG_CONFIG_HOME: join(folder, 'config'),
    }),
    kill: () => program.kill('SIGKILL'),
    start: async () => {
      refuseStart('the hub', isStopped, program);
      program = launch();
      await ready();
    },
    stop,
  };
}

async function isReadyOrEnded(program: RunningProgram, url: string): Promise<'ready' | 'ended' | 'starting'> {
  if (!program.running()) return 'ended';
  return (await fetch(`${url}/readyz`)).ok ? 'ready' : 'starting';
}

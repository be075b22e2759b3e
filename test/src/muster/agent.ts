import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestHub } from './hub.ts';
import { refuseStart, type RunningProgram, startProgram } from './program.ts';

export interface AgentOptions {
  readonly hub: TestHub;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly kubeconfig: string;
  /** Joined already: no token is made. */
  readonly joined?: boolean;
  readonly flags?: readonly string[];
  /** The hub's enrolment listener, where the agent reaches it otherwise than this process. */
  readonly enrolmentAddress?: string;
  /** Goes before the program, to run it elsewhere. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestAgent {
  readonly name: string;
  readonly program: () => RunningProgram;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Starts it again, as a pod would be, without a token. */
  readonly start: (options?: { readonly env?: Readonly<Record<string, string>> }) => void;
  readonly stop: () => Promise<void>;
}

/** Starts the built agent for a cluster, with a join token that carries its name and labels. */
export async function startAgent(options: AgentOptions): Promise<TestAgent> {
  const folder = await mkdtemp(join(tmpdir(), `muster-agent-${options.name}-`));
  const args = [
    '--kubeconfig',
    options.kubeconfig,
    '--hub',
    options.enrolmentAddress ?? options.hub.enrolmentAddress,
    ...(options.flags ?? []),
  ];
  const logFile = join(folder, 'agent.log');
  const first = [...args];
  if (options.joined !== true) {
    const tokenFile = join(folder, 'join-token');
    await writeFile(tokenFile, await options.hub.api.joinToken(options.name, options.labels), {
      mode: 0o600,
    });
    first.push('--join-token-file', tokenFile);
  }
  const where = { logFile, ...(options.command === undefined ? {} : { command: options.command }) };
  let program = startProgram('agent', first, {
    ...where,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let isStopped = false;
  return {
    name: options.name,
    program: () => program,
    kill: () => program.kill('SIGKILL'),
    start: (again = {}) => {
      refuseStart(`the agent of ${options.name}`, isStopped, program);
      program = startProgram('agent', args, {
        ...where,
        ...(again.env === undefined ? {} : { env: again.env }),
      });
    },
    stop: async () => {
      isStopped = true;
      await program.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

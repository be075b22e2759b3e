import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProgram, startProgram, StubHub, type TestCluster } from '@muster/testing';

/** The built agent on a cluster, joined to a hub that announces what a benchmark tells it to. */
export interface StubAgent {
  readonly hub: StubHub;
  readonly program: () => RunningProgram;
  /** SIGKILL and a new process. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startStubAgent(
  cluster: TestCluster,
  flags: readonly string[] = [],
): Promise<StubAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const hub = await StubHub.start();
  const tokenFile = join(folder, 'token');
  const logFile = join(folder, 'agent.log');
  await writeFile(tokenFile, hub.joinToken, { mode: 0o600 });
  const args = ['--kubeconfig', cluster.kubeconfig, '--hub', hub.enrolmentAddress, ...flags];
  let program = startProgram('agent', [...args, '--join-token-file', tokenFile], { logFile });
  await Promise.race([
    hub.connected(),
    program.ended.then(async () => Promise.reject(new Error(await program.log()))),
  ]);
  return {
    hub,
    program: () => program,
    restart: async () => {
      await program.kill();
      program = startProgram('agent', args, { logFile });
    },
    stop: async () => {
      await program.kill();
      await hub.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

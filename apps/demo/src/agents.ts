import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import type { Folders } from './folders.ts';
import type { HubApi } from './hub-api.ts';
import { sampleClusters } from './sample-clusters.ts';

/** Starts an agent per cluster; one that has not joined yet gets a join token that carries its labels. */
export async function startAgents(
  api: HubApi,
  program: string,
  folders: Folders,
  enrolmentAddress: string,
): Promise<readonly Child[]> {
  const joined = new Set((await api.clusters()).map((cluster) => cluster.name));
  return Promise.all(
    sampleClusters.map(async ({ name, labels }) => {
      const folder = folders.cluster(name);
      const args = ['--kubeconfig', join(folder, 'kubeconfig'), '--hub', enrolmentAddress];
      if (!joined.has(name)) {
        const { token } = await api.joinToken(name, labels);
        await writeFile(join(folder, 'join-token'), token, { mode: 0o600 });
        args.push('--join-token-file', join(folder, 'join-token'));
      }
      return startChild(program, args, join(folders.logs, `agent-${name}.log`));
    }),
  );
}

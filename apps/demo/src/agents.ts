import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from './folders.ts';
import type { HubApi } from './hub-api.ts';
import { keep, type Keeper } from './keeper.ts';
import { sampleClusters } from './sample-clusters.ts';

const RESTART_AFTER_MS = 5_000;

export interface AgentNews {
  ended(cluster: string, restartInSeconds: number): void;
  /** It was told so by the hub, and ends for good. */
  removed(cluster: string): void;
}

/** Keeps an agent per cluster; one that has not joined yet gets a join token that carries its labels. */
export async function startAgents(
  api: HubApi,
  program: string,
  folders: Folders,
  enrolmentAddress: string,
  news: AgentNews,
): Promise<readonly Keeper[]> {
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
      return keep({
        ...{ name: `The agent of ${name}`, program, args, restartAfterMs: RESTART_AFTER_MS },
        logFile: join(folders.logs, `agent-${name}.log`),
        isReady: async () => true,
        onReady: () => undefined,
        onEnded: (code) => {
          if (code === 0) news.removed(name);
          else news.ended(name, RESTART_AFTER_MS / 1000);
          return code !== 0;
        },
      });
    }),
  );
}

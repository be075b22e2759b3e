import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestCluster } from '@muster/testing';

const run = promisify(execFile);

/** kubectl as the cluster's administrator, without anything of this machine's user. */
export function kubectlOf(
  cluster: Pick<TestCluster, 'kubeconfig' | 'folder'>,
): (args: readonly string[], input?: string) => Promise<string> {
  return async (args, input) => {
    const running = run('kubectl', [...args], {
      env: { PATH: process.env['PATH'], HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig },
      maxBuffer: 64 * 1024 * 1024,
    });
    if (input !== undefined) running.child.stdin?.end(input);
    return (await running).stdout;
  };
}

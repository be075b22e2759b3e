import { execFile } from 'node:child_process';
import type { TestCluster } from './cluster.ts';
import { programOf } from './programs.ts';

export interface KubectlOptions {
  /** Given as JSON on the standard input, for `-f -`. */
  readonly input?: object;
  /** Beside what it needs itself. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Answers with what it prints; rejects, with what it complained of, when it fails. */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<string>;

/** The real kubectl, as a cluster's administrator. */
export async function kubectlOf(cluster: TestCluster): Promise<Kubectl> {
  const { path } = await programOf('kubectl');
  return (args, { input, env } = {}) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        path,
        ['--kubeconfig', cluster.kubeconfig, '--cache-dir', `${cluster.folder}/kubectl`, ...args],
        { env: { PATH: process.env['PATH'], ...env } },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`));
          else resolve(stdout);
        },
      );
      child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
    });
}

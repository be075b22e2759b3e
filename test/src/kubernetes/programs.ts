import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { builtProgram, CannotBuildError } from './go-build.ts';

export type ComponentName =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok' | 'kubectl';

/** How to start a component: a program and the arguments that come before its own. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  /** Whether it dies by itself when its standard input closes (ours do). */
  readonly exitsWithStdin: boolean;
}

const folder = join(import.meta.dirname, '..', '..', 'kubernetes');
const kubernetes = {
  name: 'muster-test-kubernetes',
  folder,
  versionOf: 'k8s.io/kubernetes',
  versionVariable: 'k8s.io/component-base/version.gitVersion',
};
const kubectl = { name: 'kubectl', folder: join(folder, 'kubectl'), versionOf: 'k8s.io/kubectl' };
const kwok = { name: 'muster-test-kwok', folder: join(folder, 'kwok'), versionOf: 'sigs.k8s.io/kwok' };

/** KWOK stops without stages: these make a node ready and its pods run at once. */
export const kwokStages = join(folder, 'kwok', 'stages.yaml');

/**
 * Where a component's program is: in `KUBEBUILDER_ASSETS` (envtest's convention), else built from `test/kubernetes`
 * and kept in the user's cache folder. Rejects with `CannotBuildError`.
 */
export async function programOf(component: ComponentName): Promise<Program> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    const path = join(assets, component);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return { path, args: [], exitsWithStdin: false };
  }
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  if (component === 'kubectl')
    return { path: await builtProgram(kubectl, progress), args: [], exitsWithStdin: false };
  if (component === 'kwok')
    return { path: await builtProgram(kwok, progress), args: [], exitsWithStdin: true };
  return { path: await builtProgram(kubernetes, progress), args: [component], exitsWithStdin: true };
}

/**
 * Why there can be no real cluster on this machine, for tests to skip with; `undefined` when there can be one.
 * On CI a skipped test would look like a passed one, so there it rejects instead.
 */
export async function whyNoClusters(
  components: readonly ComponentName[] = ['etcd', 'kube-apiserver'],
): Promise<string | undefined> {
  try {
    for (const component of components) await programOf(component);
    return undefined;
  } catch (error) {
    if (!(error instanceof CannotBuildError) || process.env['CI'] === 'true') throw error;
    process.stderr.write(`tests on real Kubernetes are skipped: ${error.message}\n`);
    return error.message;
  }
}

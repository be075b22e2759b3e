import { join } from 'node:path';
import { startComponent, type Component } from './component.ts';
import { kwokStages, programOf } from './programs.ts';

/** The programs beside an API server. They retry until it is there, so nobody waits for them. */
export function startControllerManager(folder: string, kubeconfig: string): Promise<Component> {
  return start('kube-controller-manager', folder, [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    `--root-ca-file=${join(folder, 'ca.crt')}`,
    // Tests make and delete hundreds of objects at once: the defaults are for large, calm clusters.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ]);
}

export function startScheduler(folder: string, kubeconfig: string): Promise<Component> {
  return start('kube-scheduler', folder, [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ]);
}

export function startKwok(folder: string, kubeconfig: string): Promise<Component> {
  return start('kwok', folder, [
    `--kubeconfig=${kubeconfig}`,
    `--config=${kwokStages}`,
    '--manage-all-nodes=true',
  ]);
}

async function start(
  name: 'kube-controller-manager' | 'kube-scheduler' | 'kwok',
  folder: string,
  args: readonly string[],
): Promise<Component> {
  return startComponent(name, await programOf(name), args, join(folder, `${name}.log`));
}

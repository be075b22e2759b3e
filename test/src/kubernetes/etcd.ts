import { join } from 'node:path';
import { startComponent, type Component } from './component.ts';
import { freePorts } from './ports.ts';
import { programOf } from './programs.ts';
import { untilReady } from './readiness.ts';

/** etcd for one or several API servers, each below a prefix of its own. Its data isn't worth a sync to the disk. */
export async function startEtcd(
  folder: string,
): Promise<{ readonly component: Component; readonly url: string }> {
  const [clientPort, peerPort] = await freePorts(2);
  const url = `http://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const component = await startComponent(
    'etcd',
    await programOf('etcd'),
    [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    join(folder, 'etcd.log'),
  );
  await untilReady(component, async () => (await fetch(`${url}/health`)).ok, 60_000);
  return { component, url };
}

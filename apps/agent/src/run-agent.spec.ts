import { startSimulatedCluster } from '@muster/kube-sim';
import type { SimulatedCluster } from '@muster/kube-sim';
import { createKubeClient } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, configMaps, until } from './core/testing.ts';
import { parseAgentArguments } from './config.ts';
import { leases } from './resources.ts';
import { runAgent } from './run-agent.ts';
import type { AgentEnd } from './run-agent.ts';

describe('an agent', () => {
  let folder: string;
  let cluster: SimulatedCluster;
  let kube: KubeClient;
  const stop = { now: new AbortController() };
  const running: Promise<unknown>[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-run-'));
    cluster = await startSimulatedCluster();
    const { url: server, token, certificateAuthority: ca } = cluster;
    kube = createKubeClient({ server, token, tls: { ca } });
    await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
    stop.now = new AbortController();
  });
  afterEach(async () => {
    stop.now.abort();
    await Promise.allSettled(running.splice(0));
    await kube.close();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(value: string): Promise<AgentEnd> {
    const end = run(value);
    running.push(end.catch(() => undefined));
    return end;
  }
  async function run(value: string): Promise<AgentEnd> {
    const assignments = [{ bundle: 'shop', namespace: 'shop', objects: [configMap('a', value)] }];
    await writeFile(join(folder, 'state.json'), JSON.stringify({ fleet: 'f', assignments }));
    const flags = ['--kubeconfig', join(folder, 'kubeconfig'), '--log-level', 'silent'];
    const parsed = parseAgentArguments([...flags, '--desired-state', join(folder, 'state.json')], {});
    if (parsed.kind !== 'run') throw new Error('the arguments are wrong');
    return runAgent(parsed.config, stop.now.signal);
  }
  const applied = (value: string) =>
    until(
      () => kube.get(configMaps, { namespace: 'shop', name: 'a' }).catch(() => undefined),
      (it) => (it?.['data'] as { value?: string } | undefined)?.value === value,
    );
  const holder = async (): Promise<string> =>
    kube.get(leases, { namespace: 'muster-system', name: 'muster-agent' }).then(
      (lease) => (lease['spec'] as { holderIdentity: string }).holderIdentity,
      () => '',
    );

  it('waits for an API server that answers with errors, and goes on', async () => {
    const fault = (resource: string, code: number) =>
      cluster.faults.add({ match: { resource, verbs: ['get'] }, effect: { kind: 'fail', code }, times: 1 });
    fault('leases', 500);
    fault('secrets', 503);
    cluster.faults.add({ match: { resource: 'secrets' }, effect: { kind: 'disconnect' }, times: 2 });
    void start('1');
    await applied('1');
  });

  it('keeps the Lease while it waits for its state, and gives it back at its end', async () => {
    const healed = cluster.faults.add({
      match: { resource: 'secrets', verbs: ['get'] },
      effect: { kind: 'fail', code: 500 },
    });
    const end = start('1');
    const me = await until(holder, (it) => it !== '');
    await until(
      () =>
        kube
          .get(configMaps, { namespace: 'shop', name: 'a' })
          .catch((error: { status: number }) => error.status),
      (it) => it === 404,
    );
    expect(await holder()).toBe(me);
    healed();
    await applied('1');
    stop.now.abort();
    expect(await end).toEqual({ cause: 'stopped' });
    expect(await holder()).toBe('');
  });

  it('stops waiting for its state when it is told to end', async () => {
    cluster.faults.add({ match: { resource: 'secrets' }, effect: { kind: 'fail', code: 500 } });
    const end = start('1');
    await until(holder, (it) => it !== '');
    stop.now.abort();
    expect(await end).toEqual({ cause: 'stopped' });
    expect(await holder()).toBe('');
  });
});

import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import { configMaps } from './agent-traces.ts';

const why = await whyNoClusters();

describe.skipIf(why !== undefined)('a fight over an object', () => {
  let cluster: TestCluster;
  let rival: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    rival = createKubeClient(cluster.config, { fieldManager: 'stubborn-controller' });
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
    await agent.say({
      assignments: [{ bundle: 'shop', namespace: 'shop', objects: [configMap('a'), configMap('b')] }],
    });
    await agent.untilSynced('shop');
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await rival.close();
    await cluster.stop();
  });

  const key = (name: string) => ({ namespace: 'shop', name });
  const valueOf = (object: KubeObject) => (object['data'] as { value?: string }).value;

  /** Changes it back whenever it was set right, until told to stop. */
  async function fight(signal: AbortSignal): Promise<number> {
    let changes = 0;
    while (!signal.aborted) {
      if (valueOf(await rival.get(configMaps, key('a'))) === '1') {
        await rival.mergePatch(configMaps, key('a'), { data: { value: 'no' } });
        changes++;
      }
      await delay(5);
    }
    return changes;
  }

  it('ends in a back-off that says with whom, over what, and how often', async () => {
    const stop = new AbortController();
    const rivalry = fight(stop.signal);
    const status = await agent.until('shop', ({ objects }) =>
      objects.some(({ reason, message }) => reason === 'Conflict' && message.includes('5 times')),
    );
    expect(status.objects[0]).toMatchObject({
      object: { name: 'a' },
      message: 'stubborn-controller keeps changing /data/value: it was set right 5 times in a row',
      differences: [{ path: '/data/value', desired: '"1"', live: '"no"', manager: 'stubborn-controller' }],
    });
    stop.abort();
    expect(await rivalry).toBeLessThanOrEqual(7);
  });

  it("is nobody else's concern: another object is still set right at once", async () => {
    await rival.mergePatch(configMaps, key('b'), { data: { value: 'no' } });
    await eventually(
      () => rival.get(configMaps, key('b')),
      (object) => valueOf(object) === '1',
      1_000,
    );
  });

  it('is also about an object that somebody keeps deleting', async () => {
    const stop = new AbortController();
    const deletions = (async () => {
      while (!stop.signal.aborted) {
        await rival.delete(configMaps, key('b')).catch(() => undefined);
        await delay(5);
      }
    })();
    const status = await agent.until('shop', ({ objects }) =>
      objects.some(({ object, reason }) => object.name === 'b' && reason === 'Conflict'),
    );
    expect(status.objects.find(({ object }) => object.name === 'b')?.message).toMatch(
      /^it keeps being deleted: it was made or set right again \d+ times in a row$/,
    );
    stop.abort();
    await deletions;
  });

  it('is over once the rival stops', async () => {
    await agent.untilSynced('shop');
    expect(valueOf(await rival.get(configMaps, key('a')))).toBe('1');
  }, 60_000);
});

import type { KubeObject } from '@muster/kube';
import { startAgent, type TestAgent, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

/** One writer per cluster (invariant 13), whatever becomes of the agents. */
describe('two agents for one cluster (invariant 13)', () => {
  let fleet: TestFleet;
  let solo: Member;
  let second: TestAgent;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: {} }],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: '{}' }),
        'shop/manifests/config.yaml': configMap('shop', { greeting: 'hello' }),
      },
    });
    solo = fleet.member('solo');
    await fleet.settled();
    second = await startAgent({
      hub: fleet.hub,
      name: 'second',
      kubeconfig: solo.cluster.kubeconfig,
      joined: true,
    });
  });

  afterAll(async () => {
    await second?.stop();
    await fleet?.stop();
  });

  it('leave all writing to the one that holds the Lease', async () => {
    await until(
      'the waiting',
      () => second.program().log(),
      (log) => log.includes('another agent holds this cluster'),
    );
    const before = await holder();
    await change('good day');
    expect(await holder()).toBe(before);
    expect(await second.program().log()).not.toContain('connected to the hub');
  });

  it('follow each other at once when the first is dead', async () => {
    const before = await holder();
    await solo.agent.kill();
    await until('another holder', holder, (it) => it !== before && it !== '');
    await change('good evening');
    expect(await second.program().log()).toContain('this agent holds the cluster');
  });

  it('follow each other when the first is only silent, and it ends when it finds that out', async () => {
    solo.agent.start();
    await until(
      'the waiting',
      () => solo.agent.program().log(),
      (log) => log.includes('another agent holds this cluster'),
    );
    const before = await holder();
    await second.program().kill('SIGSTOP');
    await until('another holder', holder, (it) => it !== before && it !== '', { timeoutMs: 45_000 });
    await change('good night');
    await second.program().kill('SIGCONT');
    expect(await second.program().ended).toMatchObject({ code: 1 });
    expect(await second.program().log()).toContain('took over this cluster');
    expect(await greeting()).toBe('good night');
    await fleet.settled();
  });

  async function holder(): Promise<string | undefined> {
    const leases = (await solo.kube.resourceFor('coordination.k8s.io', 'v1', 'Lease'))!;
    const lease = await solo.kube.get(leases, { namespace: 'muster-system', name: 'muster-agent' });
    return (lease['spec'] as { holderIdentity?: string }).holderIdentity;
  }

  async function change(to: string): Promise<void> {
    await fleet.commit({ 'shop/manifests/config.yaml': configMap('shop', { greeting: to }) });
    await until('the change', greeting, (it) => it === to);
  }

  async function greeting(): Promise<string | undefined> {
    const object: KubeObject | undefined = await solo.get('ConfigMap', 'shop', 'shop');
    return (object?.['data'] as { greeting?: string } | undefined)?.greeting;
  }
});

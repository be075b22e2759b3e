import type { Cluster } from '@muster/api';
import { runProgram, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const everywhere = '{matchLabels: {env: production}}';
const many = Array.from({ length: 12 }, (_, n) => `item-${n}`);
const held = `apiVersion: v1
kind: ConfigMap
metadata: {name: held, finalizers: [example.com/hold]}
`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: dear}\n';

/** Clusters that leave the fleet, with what runs on them or without. */
describe('muster cluster rm', () => {
  let fleet: TestFleet;
  let leaving: Member;
  let kept: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusterOptions: { controllerManager: true },
      clusters: [
        { name: 'leaving', labels: { env: 'production' } },
        { name: 'kept', labels: { env: 'production' } },
      ],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: everywhere }),
        'shop/manifests/items.yaml': many.map((name) => configMap(name, { a: 'b' })).join('---\n'),
        'shop/manifests/held.yaml': held,
        'base/muster.yaml': bundleFile('base', { selector: everywhere }),
        'base/manifests/namespace.yaml': namespace,
        'stays/muster.yaml': `${bundleFile('stays', { selector: everywhere })}  sync: {onRemoval: Orphan}\n`,
        'stays/manifests/config.yaml': configMap('stays', { a: 'b' }),
      },
    });
    leaving = fleet.member('leaving');
    kept = fleet.member('kept');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  const muster = async (...args: string[]) => runProgram('cli', args, { env: await fleet.hub.env() });
  const find = async (name: string): Promise<Cluster | undefined> =>
    (await fleet.hub.api.clusters()).find((it) => it.name === name);
  const present = async (member: Member): Promise<string[]> => {
    const configMaps = (await member.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    const { items } = await member.kube.list(configMaps, { labelSelector: 'muster.dev/bundle' });
    return items.map((item) => item.metadata.name).sort();
  };

  it('--delete-workloads deletes all but what is to stay, says what it waits for, survives a restart of the hub, and removes the cluster when nothing remains', async () => {
    const patient = muster('cluster', 'rm', 'leaving', '--delete-workloads', '--yes');
    await until(
      'the removal to begin',
      () => find('leaving'),
      (it) => it?.removal != null,
    );
    const { code, stderr } = await muster(
      ...['cluster', 'rm', 'leaving', '--delete-workloads', '--yes', '--timeout', '10s'],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /not within 10s: shop \(ConfigMap held: its deletion began at .*; held by the finalizer example\.com\/hold\)/,
    );
    expect(await present(leaving)).toEqual(['held', 'stays']);
    expect((await find('leaving'))?.removal).not.toBeNull();
    await fleet.hub.kill();
    await fleet.hub.start();
    await until(
      'the agent to be back',
      () => find('leaving'),
      (it) => it?.connected === true,
    );
    expect((await find('leaving'))?.removal).not.toBeNull();
    const configMaps = (await leaving.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    await leaving.kube.mergePatch(
      configMaps,
      { namespace: 'shop', name: 'held' },
      { metadata: { finalizers: null } },
    );
    expect(await patient).toMatchObject({
      code: 0,
      stdout: 'cluster/leaving removed; nothing of its workloads remains\n',
    });
    expect(await present(leaving)).toEqual(['stays']);
    expect(await leaving.get('Namespace', undefined, 'dear')).toBeUndefined();
    expect(await find('leaving')).toBeUndefined();
    await leaving.agent.program().ended;
    expect(await present(kept)).toHaveLength(many.length + 2);
  });

  it('--delete-workloads says of a cluster that is not connected that nothing can be deleted there', async () => {
    await kept.agent.kill();
    await until(
      'its absence',
      () => find('kept'),
      (it) => it?.connected === false,
      { timeoutMs: 60_000 },
    );
    const { code, stderr } = await muster('cluster', 'rm', 'kept', '--delete-workloads', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain('Connect it again, or remove it and keep its workloads.');
    expect((await find('kept'))?.removal).toBeNull();
  });

  it('--keep-workloads leaves all as it is', async () => {
    const before = await present(kept);
    expect(await muster('cluster', 'rm', 'kept', '--keep-workloads', '--yes')).toMatchObject({
      code: 0,
      stdout: 'cluster/kept removed\n',
    });
    kept.agent.start();
    await kept.agent.program().ended;
    expect(await present(kept)).toEqual(before);
  });
});

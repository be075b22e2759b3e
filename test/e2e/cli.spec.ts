import type { KubeObject } from '@muster/kube';
import { runProgram, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

/** The built CLI against a running hub and a real cluster: what a person or a script does with it all day. */
describe('the CLI', () => {
  let fleet: TestFleet;
  let solo: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: { env: 'production' } }],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: '{matchLabels: {env: production}}' }),
        'shop/manifests/config.yaml': configMap('shop', { greeting: 'hello' }),
      },
    });
    solo = fleet.member('solo');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('finds the hub of this machine by itself', async () => {
    const { XDG_CONFIG_HOME } = await fleet.hub.env();
    const { code, stdout } = await runProgram('cli', ['status'], {
      env: { XDG_CONFIG_HOME: XDG_CONFIG_HOME!, MUSTER_URL: '', MUSTER_TOKEN: '' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 of 1 connected; 1 Synced; 1 Healthy/);
  });

  it('syncs, and waits until a commit has arrived', async () => {
    const sha = await fleet.repo.commit({
      'shop/manifests/config.yaml': configMap('shop', { greeting: 'good day' }),
    });
    expect(await muster('sync')).toMatchObject({ code: 0 });
    expect(
      await muster('wait', '--for', `revision=${sha}`, '--for', 'healthy', '--timeout', '30s'),
    ).toMatchObject({
      code: 0,
    });
    expect(await greeting()).toBe('good day');
  });

  it('does not wait for a commit that was refused, but says where it is wrong', async () => {
    const sha = await fleet.repo.commit({ 'wrong.muster.yaml': 'kind: Nothing\n' });
    await muster('sync');
    const { code, stderr } = await muster('wait', '--for', `revision=${sha}`, '--timeout', '30s');
    expect(code).toBe(1);
    expect(stderr).toContain('wrong.muster.yaml');
    await fleet.commit({ 'wrong.muster.yaml': null });
  });

  it('shows clusters, bundles and objects in forms that scripts can read', async () => {
    const clusters = await muster('get', 'clusters', '-l', 'env=production', '-o', 'json');
    expect(JSON.parse(clusters.stdout)).toMatchObject({ items: [{ name: 'solo', sync: 'Synced' }] });
    expect((await muster('get', 'bundles', '-o', 'name')).stdout).toBe('bundle/shop\n');
    const objects = await muster('get', 'objects', '--cluster', 'solo', '--kind', 'ConfigMap');
    expect(objects.stdout).toMatch(/shop +.*shop.* +Synced +Healthy/);
    expect((await muster('describe', 'cluster', 'solo')).stdout).toContain('env=production');
    expect(await muster('get', 'cluster', 'nobody')).toMatchObject({ code: 1 });
  });

  it('stops all writes and lets them go on', async () => {
    expect(await muster('pause', '--all', '--reason', 'an emergency')).toMatchObject({ code: 0 });
    await until('the pause', assignmentReason, (it) => it === 'Paused');
    const configMaps = (await solo.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    await solo.kube.mergePatch(
      configMaps,
      { namespace: 'shop', name: 'shop' },
      { data: { greeting: 'by hand' } },
    );
    await solo.agent.kill();
    solo.agent.start();
    await until(
      'the drift',
      async () => (await fleet.hub.api.assignments())[0],
      (it) => it?.sync === 'OutOfSync' && it.reason === 'Paused',
    );
    expect(await greeting()).toBe('by hand');
    expect((await muster('status')).stdout).toContain('an emergency');
    expect(await muster('resume', '--all')).toMatchObject({ code: 0 });
    await until('the correction', greeting, (it) => it === 'good day');
    await fleet.settled();
  });

  it('moves a workload by a label, and takes the cluster out in the end', async () => {
    expect(await muster('cluster', 'label', 'solo', 'env=lab')).toMatchObject({ code: 0 });
    // It is the last object of the cluster: that waits for a person.
    await until('the wait for consent', assignmentReason, (it) => it === 'PruneHeld');
    expect(await muster('allow-delete', 'shop', '--yes')).toMatchObject({ code: 0 });
    await until('the removal', greeting, (it) => it === undefined);
    expect(await muster('cluster', 'rm', 'solo', '--yes')).toMatchObject({ code: 0 });
    expect(await solo.agent.program().ended).toMatchObject({ code: 0 });
    expect((await muster('get', 'clusters', '-o', 'name')).stdout).toBe('');
  });

  async function muster(...args: string[]) {
    return runProgram('cli', args, { env: await fleet.hub.env() });
  }

  async function assignmentReason(): Promise<string | undefined> {
    return (await fleet.hub.api.assignments())[0]?.reason;
  }

  async function greeting(): Promise<string | undefined> {
    const object: KubeObject | undefined = await solo.get('ConfigMap', 'shop', 'shop');
    return (object?.['data'] as { greeting?: string } | undefined)?.greeting;
  }
});

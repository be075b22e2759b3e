import type { KubeObject } from '@muster/kube';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const production = '{matchLabels: {env: production}}';

/** One commit's life on three real clusters, each test standing on the state that the one before left. */
describe('a fleet of three real clusters', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await startFleet({
      clusterOptions: { controllerManager: true },
      clusters: [
        { name: 'eu-1', labels: { env: 'production', region: 'eu' } },
        { name: 'us-1', labels: { env: 'production', region: 'us' } },
        { name: 'lab-1', labels: { env: 'lab', region: 'eu' } },
      ],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: production }),
        'shop/manifests/config.yaml': configMap('shop', { greeting: 'hello' }),
        'base/muster.yaml': bundleFile('base', { selector: '{}' }),
        'base/manifests/config.yaml': configMap('base', { owner: 'platform' }),
      },
    });
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('has what its labels say, and nothing else', async () => {
    expect(await greetings()).toEqual({ 'eu-1': 'hello', 'us-1': 'hello', 'lab-1': undefined });
    expect(await owners()).toEqual({ 'eu-1': 'platform', 'us-1': 'platform', 'lab-1': 'platform' });
    expect(await fleet.member('lab-1').get('Namespace', undefined, 'shop')).toBeUndefined();
  });

  it('gets a changed line of a commit', async () => {
    await fleet.commit({ 'shop/manifests/config.yaml': configMap('shop', { greeting: 'good day' }) });
    await fleet.settled();
    expect(await greetings()).toEqual({ 'eu-1': 'good day', 'us-1': 'good day', 'lab-1': undefined });
  });

  it('corrects what somebody changed by hand', async () => {
    const eu = fleet.member('eu-1');
    const resource = (await eu.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    const key = { namespace: 'shop', name: 'shop' };
    await eu.kube.mergePatch(resource, key, { data: { greeting: 'go away' } });
    await until(
      'the correction',
      () => greetingOf(eu),
      (greeting) => greeting === 'good day',
    );
    const before = (await eu.kube.get(resource, key)).metadata.uid;
    await eu.kube.delete(resource, key);
    await until(
      'the object again',
      () => eu.get('ConfigMap', 'shop', 'shop'),
      (it) => it !== undefined && it.metadata.uid !== before,
    );
  });

  it('hands an object from one bundle to another without deleting it', async () => {
    const before = await uids('shop', 'moving');
    await fleet.commit({ 'shop/manifests/moving.yaml': configMap('moving', { home: 'shop' }) });
    await fleet.settled();
    const during = await uids('shop', 'moving');
    expect(before).toEqual({ 'eu-1': undefined, 'us-1': undefined });
    await fleet.commit({
      'shop/manifests/moving.yaml': null,
      'mart/muster.yaml': bundleFile('mart', { selector: production, namespace: 'shop' }),
      'mart/manifests/moving.yaml': configMap('moving', { home: 'mart' }),
    });
    await fleet.settled();
    expect(await uids('shop', 'moving')).toEqual(during);
    const moved = await fleet.member('eu-1').get('ConfigMap', 'shop', 'moving');
    expect(moved?.metadata.labels?.['muster.dev/bundle']).toBe('mart');
  });

  it('removes what left the repo', async () => {
    await fleet.commit({ 'mart/muster.yaml': null, 'mart/manifests/moving.yaml': null });
    await until(
      'the removal',
      () => uids('shop', 'moving'),
      (it) => Object.values(it).every((uid) => uid === undefined),
    );
    expect(await greetings()).toEqual({ 'eu-1': 'good day', 'us-1': 'good day', 'lab-1': undefined });
  });

  it('moves workloads with labels', async () => {
    await fleet.hub.api.call('POST', 'clusters/lab-1/labels', { set: { env: 'production' } });
    await until('the workload', greetings, (it) => it['lab-1'] === 'good day');
    await fleet.hub.api.call('POST', 'clusters/lab-1/labels', { set: { env: 'lab' } });
    await until('its removal', greetings, (it) => it['lab-1'] === undefined);
    await fleet.settled();
  });

  it('goes on healing while the hub is dead, and also after the agent was killed meanwhile (invariant 9)', async () => {
    await fleet.hub.kill();
    const us = fleet.member('us-1');
    const resource = (await us.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    await us.kube.mergePatch(resource, { namespace: 'shop', name: 'shop' }, { data: { greeting: 'edited' } });
    await until(
      'the correction',
      () => greetingOf(us),
      (greeting) => greeting === 'good day',
    );
    await us.agent.kill();
    await us.kube.delete(resource, { namespace: 'shop', name: 'shop' });
    us.agent.start();
    await until(
      'the object again',
      () => greetingOf(us),
      (greeting) => greeting === 'good day',
    );
    await fleet.hub.start();
    await fleet.settled();
  });

  it('refuses a commit that does not parse, and nothing changes', async () => {
    const sha = await fleet.commit({
      'shop/muster.yaml': bundleFile('shop', { selector: production }).replace('targets:', 'tragets:'),
      'shop/manifests/config.yaml': configMap('shop', { greeting: 'never' }),
    });
    const [revision] = await fleet.hub.api.revisions(`sha=${sha}`);
    expect(revision).toMatchObject({ state: 'Refused', problems: [{ file: 'shop/muster.yaml', line: 7 }] });
    expect(await greetings()).toEqual({ 'eu-1': 'good day', 'us-1': 'good day', 'lab-1': undefined });
    await fleet.repo.git('revert', '--no-edit', 'HEAD');
  });

  it('keeps a bundle that does not render where it was, while the others go on', async () => {
    await fleet.commit({
      'shop/manifests/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n',
      'base/manifests/config.yaml': configMap('base', { owner: 'operations' }),
    });
    await until('the other bundle', owners, (it) =>
      Object.values(it).every((owner) => owner === 'operations'),
    );
    expect(await greetings()).toEqual({ 'eu-1': 'good day', 'us-1': 'good day', 'lab-1': undefined });
    const [shop] = await fleet.hub.api.bundles('name=shop');
    expect(shop).toMatchObject({ state: 'Failing', problems: [{ file: 'shop/manifests/config.yaml' }] });
    await fleet.repo.git('revert', '--no-edit', 'HEAD');
    await fleet.commit({});
    await fleet.settled();
  });

  it('stops the agent of a removed cluster, whose workloads stay (invariant 9)', async () => {
    await fleet.hub.api.call('DELETE', 'clusters/lab-1');
    const lab = fleet.member('lab-1');
    await lab.agent.program().ended;
    expect(await lab.get('ConfigMap', 'base', 'base')).toBeDefined();
  });

  async function greetings(): Promise<Record<string, string | undefined>> {
    return Object.fromEntries(
      await Promise.all(fleet.members.map(async (it) => [it.name, await greetingOf(it)] as const)),
    );
  }

  async function owners(): Promise<Record<string, string | undefined>> {
    return Object.fromEntries(
      await Promise.all(
        fleet.members.map(
          async (it) => [it.name, dataOf(await it.get('ConfigMap', 'base', 'base'))['owner']] as const,
        ),
      ),
    );
  }

  async function uids(namespace: string, name: string): Promise<Record<string, string | undefined>> {
    const members = [fleet.member('eu-1'), fleet.member('us-1')];
    return Object.fromEntries(
      await Promise.all(
        members.map(
          async (it) => [it.name, (await it.get('ConfigMap', namespace, name))?.metadata.uid] as const,
        ),
      ),
    );
  }
});

async function greetingOf(member: Member): Promise<string | undefined> {
  return dataOf(await member.get('ConfigMap', 'shop', 'shop'))['greeting'];
}

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return (object?.['data'] ?? {}) as Record<string, string>;
}

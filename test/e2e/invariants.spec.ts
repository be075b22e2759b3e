import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { KubeObject } from '@muster/kube';
import { runProgram, startHub, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';
import { queryHub } from './hub-database.ts';

const run = promisify(execFile);
const marker = 'correct-horse-battery-staple';

/** What always holds, each by its number in the design, as far as no other file of this folder proves it. */
describe('of what always holds', () => {
  let fleet: TestFleet;
  let one: Member;
  let other: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [
        { name: 'one', labels: {} },
        { name: 'other', labels: {} },
      ],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: '{}' }),
        'shop/manifests/config.yaml': configMap('shop', { greeting: 'hello' }),
        'keys/muster.yaml': bundleFile('keys', { selector: '{}' }),
        'keys/manifests/secret.yaml': secret(`stringData: {password: ${marker}}`),
      },
    });
    one = fleet.member('one');
    other = fleet.member('other');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('2: the same commit gives the same digests at another hub, but for Secrets, whose addresses are keyed', async () => {
    const twin = await startHub({ gitUrl: fleet.repo.path });
    try {
      await until(
        'the commit there',
        () => twin.api.revisions(),
        ([it]) => it?.state === 'Good',
      );
      const statement = 'select name, manifest_digest as digest from bundles order by name';
      const here = await queryHub<{ name: string; digest: string }>(fleet.hub, statement);
      const there = await queryHub<{ name: string; digest: string }>(twin, statement);
      expect(there.find((it) => it.name === 'shop')).toEqual(here.find((it) => it.name === 'shop'));
      expect(there.find((it) => it.name === 'keys')).not.toEqual(here.find((it) => it.name === 'keys'));
    } finally {
      await twin.stop();
    }
  });

  it("10: no value of a Secret is in the hub's database, a log or an answer", async () => {
    const live = await one.get('Secret', 'keys', 'database');
    expect(live?.['data']).toEqual({ password: base64(marker) });
    await queryHub(fleet.hub, 'checkpoint');
    expect(await filesWith(marker)).toEqual([]);
    expect(await filesWith(base64(marker))).toEqual([]);
    expect(await everythingTold()).not.toMatch(new RegExp(`${marker}|${base64(marker)}`));
  });

  it('10: nor when a Secret does not render, or the API server refuses it', async () => {
    await fleet.commit({ 'keys/manifests/secret.yaml': secret(`stringData: {password: [${marker}}`) });
    const [failing] = await fleet.hub.api.bundles('name=keys');
    expect(failing).toMatchObject({ state: 'Failing', problems: [{ file: 'keys/manifests/secret.yaml' }] });
    await fleet.commit({ 'keys/manifests/secret.yaml': secret(`data: {password: "${marker}"}`) });
    await until(
      'the refusal',
      () => fleet.hub.api.assignments('bundle=keys'),
      (all) =>
        all.length === 2 && all.every((it) => it.objects.some((object) => object.reason === 'Refused')),
    );
    expect(await everythingTold()).not.toContain(marker);
    await fleet.commit({ 'keys/manifests/secret.yaml': secret(`stringData: {password: ${marker}}`) });
    await fleet.settled();
  });

  it('12: a cluster whose API server is away stops no other, and catches up', async () => {
    await one.cluster.apiServer.kill();
    await greet('good day');
    await until(
      'the other cluster',
      () => greetingOf(other),
      (it) => it === 'good day',
    );
    await one.cluster.apiServer.start();
    await until(
      'the one that was away',
      () => greetingOf(one),
      (it) => it === 'good day',
      { timeoutMs: 45_000 },
    );
    await fleet.settled();
  });

  it('8: a hub that is killed while it takes a commit in has it all the same', async () => {
    for (const greeting of ['first', 'second', 'third']) {
      await fleet.repo.commit({ 'shop/manifests/config.yaml': configMap('shop', { greeting }) });
      const asked = fleet.hub.api.call('POST', 'sync', {}).catch(() => undefined);
      await fleet.hub.kill();
      await asked;
      await fleet.hub.start();
      await until(
        'the greeting',
        () => greetingOf(one),
        (it) => it === greeting,
      );
    }
    await fleet.settled();
  });

  it('7: a cluster that fell silent is Unknown, with what was last known beside it', async () => {
    await one.agent.program().kill('SIGSTOP');
    const [silent] = await until(
      'the silence',
      () => fleet.hub.api.clusters('name=one'),
      ([it]) => it?.connected === false && it.sync === 'Unknown',
      { timeoutMs: 50_000 },
    );
    expect(silent?.health).toBe('Unknown');
    const [shop] = await fleet.hub.api.assignments('cluster=one&bundle=shop');
    expect(shop).toMatchObject({
      sync: 'Unknown',
      health: 'Unknown',
      lastKnown: { sync: 'Synced', health: 'Healthy' },
    });
    await one.agent.program().kill('SIGCONT');
    await fleet.settled();
  }, 90_000);

  it('1: an agent does not go back with a hub whose database was restored, and follows again after the recovery', async () => {
    const { hub } = fleet;
    const backup = `${hub.data}-backup`;
    await hub.program().kill('SIGTERM');
    await run('cp', ['-a', hub.data, backup]);
    await hub.start();
    for (const greeting of ['a', 'b', 'c']) {
      await greet(greeting);
      await fleet.settled();
    }
    await hub.program().kill('SIGTERM');
    await rm(hub.data, { recursive: true });
    await rename(backup, hub.data);
    await hub.start();
    await greet('d');
    await until(
      'a word about each cluster',
      () => hub.api.status(),
      ({ attention }) =>
        attention.filter((it) => it.kind === 'Cluster' && it.message.includes('muster recover')).length === 2,
    );
    expect(await greetingOf(one)).toBe('c');
    const recovery = await runProgram('cli', ['recover', '--yes', '--reason', 'a test'], {
      env: await hub.env(),
    });
    expect(recovery.code).toBe(0);
    await until(
      'the new greeting',
      () => greetingOf(one),
      (it) => it === 'd',
    );
    await fleet.settled();
    expect((await hub.api.status()).epoch).toBe(2);
  });

  function greet(greeting: string): Promise<string> {
    return fleet.commit({ 'shop/manifests/config.yaml': configMap('shop', { greeting }) });
  }

  /** Files of the hub's database that hold a text as it is. */
  async function filesWith(text: string): Promise<string[]> {
    const found = await run('grep', ['-r', '-l', '-a', '-F', text, `${fleet.hub.data}/postgres/db`]).catch(
      (error: { code?: number; stdout?: string }) => {
        if (error.code === 1) return { stdout: '' };
        throw error;
      },
    );
    return found.stdout.split('\n').filter((line) => line !== '');
  }

  async function everythingTold(): Promise<string> {
    const lists = ['clusters', 'bundles', 'revisions', 'assignments', 'objects', 'status'];
    const answers = await Promise.all(
      lists.map(async (list) => (await fleet.hub.api.raw('GET', list)).text()),
    );
    const logs = await Promise.all(
      [fleet.hub.program(), ...fleet.members.map((it) => it.agent.program())].map((it) => it.log()),
    );
    return [...answers, ...logs].join('\n');
  }
});

function secret(content: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: database}\n${content}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function greetingOf(member: Member): Promise<string | undefined> {
  const object: KubeObject | undefined = await member.get('ConfigMap', 'shop', 'shop');
  return (object?.['data'] as { greeting?: string } | undefined)?.greeting;
}

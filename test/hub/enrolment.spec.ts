import type { Cluster } from '@muster/api';
import { generateKey } from '@muster/identity';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const declared =
  'apiVersion: muster.dev/v1alpha1\nkind: Cluster\nmetadata: {name: eu-1, labels: {env: production, tier: gold}}\n';

describe('who gets into the fleet, and as whom (invariant 11)', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', { env: 'production' }),
      'clusters.muster.yaml': declared,
    });
  });

  afterAll(() => fleet.stop());

  const token = async (request: object): Promise<string> =>
    (await fleet.api<{ token: string }>('POST', 'join-tokens', request)).token;
  const cluster = (name: string): Promise<Cluster> => fleet.api('GET', `clusters/${name}`);

  test('a wrong, a used and an expired token let nobody in', async () => {
    const used = await token({ name: 'us-1' });
    const wrong = used.replace(/\.[^.]{4}/, '.AAAA');
    await expect(fleet.enrol(wrong)).rejects.toThrow('knows no such token');
    await fleet.enrol(used);
    await expect(fleet.enrol(used)).rejects.toThrow('has been used');
    const expired = await token({ name: 'us-2', expiresInSeconds: 60 });
    const now = Date.now();
    fleet.now = () => now + 120_000;
    await expect(fleet.enrol(expired)).rejects.toThrow('has expired');
    fleet.now = Date.now;
  });

  test('a name that Git declares is for a token made for it; labels from Git go before all others', async () => {
    await expect(fleet.enrol(await token({}), { name: 'eu-1' })).rejects.toThrow(
      'make a token for that name',
    );
    await fleet.enrol(await token({ name: 'eu-1', labels: { env: 'staging', tier: 'iron', zone: 'a' } }));
    expect(await cluster('eu-1')).toMatchObject({
      labels: { env: 'production', tier: 'gold', zone: 'a' },
      labelSources: { env: 'Git', tier: 'Git', zone: 'Token' },
    });
    await fleet.api('POST', 'clusters/eu-1/labels', { set: { zone: 'b' } });
    expect(await cluster('eu-1')).toMatchObject({
      labels: { zone: 'b' },
      labelSources: { zone: 'Register' },
    });
  });

  test('an agent whose first answer got lost asks again with the same key, and is the same cluster', async () => {
    const joinToken = await token({ name: 'us-3' });
    const attempt = { uid: crypto.randomUUID(), key: generateKey() };
    const first = await fleet.enrol(joinToken, attempt);
    const second = await fleet.enrol(joinToken, attempt);
    expect(second.identity.clusterName).toBe(first.identity.clusterName);
    await expect(fleet.enrol(joinToken, { uid: attempt.uid })).rejects.toThrow('has been used');
  });

  test('a name belongs to one cluster', async () => {
    await fleet.enrol(await token({ name: 'us-4' }));
    await expect(fleet.enrol(await token({ name: 'us-4' }))).rejects.toThrow('belongs to another cluster');
  });

  test('a cluster has one name, also when two tokens are used at the same time', async () => {
    const uid = crypto.randomUUID();
    const tokens = [await token({ name: 'twin-1' }), await token({ name: 'twin-2' })];
    const attempts = await Promise.allSettled(tokens.map((it) => fleet.enrol(it, { uid })));
    expect(attempts.map((it) => it.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = attempts.find((it) => it.status === 'rejected')!;
    expect(String(refused.reason)).toMatch(/this cluster is enrolled as twin-[12]/);
  });

  test('a cluster that is known comes back only with its own token, and its generation goes on', async () => {
    const first = (await fleet.enrol(await token({ name: 'us-5', labels: { env: 'production' } }))).connect();
    const before = await first.desiredWhere('checkout', (it) => it.assignments.length === 1);
    await fleet.api('DELETE', 'clusters/us-5');
    await until(
      'Removed',
      async () => first.removed,
      (it) => it.length === 1,
    );
    await expect(fleet.enrol(await token({}), { name: 'us-6', uid: first.uid })).rejects.toThrow(
      'known to the hub',
    );
    const again = (
      await fleet.enrol(await token({ name: 'us-6', labels: { env: 'production' } }), { uid: first.uid })
    ).connect();
    const after = await again.desiredWhere('checkout again', (it) => it.assignments.length === 1);
    expect(after.version!.generation).toBeGreaterThan(before.version!.generation);
  });

  test('the certificate of a cluster that has enrolled anew with another key opens nothing', async () => {
    const first = await fleet.enrol(await token({ name: 'us-7' }));
    await fleet.enrol(await token({ name: 'us-7' }), { uid: first.uid });
    first.connect();
    await until(
      'a refusal',
      async () => first.disconnected,
      (it) => it.length > 0,
    );
    expect(first.disconnected[0]).toContain('another key');
  });

  test('what an agent says of itself attracts no workload', async () => {
    const agent = await fleet.join('plain-1');
    const state = await agent.desiredWhere('a desired state', () => true);
    expect(state.assignments).toEqual([]);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { until } from '@muster/testing';
import type { KubeObject } from '@muster/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const count = 27;

/** Random bytes, so that no compression helps; base64 of 390,000 bytes is what a ConfigMap takes well. */
function noise(): string {
  return randomBytes(390_000).toString('base64');
}

describe('a bundle of ten megabytes that no compression makes smaller', () => {
  const contents = Array.from({ length: count }, noise);
  let fleet: TestFleet;
  let solo: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: {} }],
      files: { 'README.md': 'nothing yet\n' },
    });
    solo = fleet.member('solo');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('arrives whole', async () => {
    await fleet.commit({ 'big/muster.yaml': bundleFile('big', { selector: '{}' }), ...filesOf(contents) });
    await fleet.settled();
    expect(await liveSums()).toEqual(contents.map(sum));
  });

  it('is changed in one of its objects', async () => {
    contents[7] = noise();
    await fleet.commit(filesOf(contents));
    await fleet.settled();
    expect(await liveSums()).toEqual(contents.map(sum));
  });

  it('is there again after its agent was killed and one of its objects deleted, without a hub', async () => {
    await fleet.hub.kill();
    await solo.agent.kill();
    const configMaps = (await solo.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    await solo.kube.delete(configMaps, { namespace: 'big', name: 'big-7' });
    solo.agent.start();
    await until(
      'the object again',
      () => solo.get('ConfigMap', 'big', 'big-7'),
      (it) => it !== undefined,
    );
    expect(await liveSums()).toEqual(contents.map(sum));
    await fleet.hub.start();
    await fleet.settled();
  });

  async function liveSums(): Promise<(string | undefined)[]> {
    return Promise.all(
      contents
        .map(async (_, n) => dataOf(await solo.get('ConfigMap', 'big', `big-${n}`)))
        .map(async (data) => {
          const { noise: text } = await data;
          return text === undefined ? undefined : sum(text);
        }),
    );
  }
});

function filesOf(contents: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    contents.map((text, n) => [`big/manifests/big-${n}.yaml`, configMap(`big-${n}`, { noise: text })]),
  );
}

function sum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return (object?.['data'] ?? {}) as Record<string, string>;
}

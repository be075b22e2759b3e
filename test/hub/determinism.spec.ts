import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const files = {
  ...bundleFiles('checkout', { fleet: 'shop' }),
  ...bundleFiles('cart', { fleet: 'shop' }, { big: '9007199254740993' }),
  'checkout/manifests/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n',
};

let one: TestFleet;
let other: TestFleet;

beforeAll(async () => {
  one = await TestFleet.start(files);
  other = await TestFleet.start(files);
});

afterAll(async () => {
  await one.stop();
  await other.stop();
});

test('the same files and labels give the same digests at any hub, but for Secrets (invariant 2)', async () => {
  const [here, there] = await Promise.all(
    [one, other].map(async (fleet) => {
      const agent = await fleet.join('eu-1', { fleet: 'shop' });
      await agent.desiredWhere('both', (it) => it.assignments.length === 2);
      return agent;
    }),
  );
  const digestOf = (agent: typeof here, bundle: string) =>
    agent!.desired!.assignments.find((it) => it.bundle === bundle)!.manifestDigest;
  expect(digestOf(here, 'cart')).toBe(digestOf(there, 'cart'));
  expect(digestOf(here, 'checkout')).not.toBe(digestOf(there, 'checkout'));
  const objects = await Promise.all(
    [here, there].map(async (agent) => {
      const digest = digestOf(agent, 'checkout');
      return (JSON.parse((await agent!.fetch([digest])).get(digest)!) as { objects: string[] }).objects;
    }),
  );
  expect(objects[0]![0]).toBe(objects[1]![0]);
  expect(objects[0]![1]).not.toBe(objects[1]![1]);
});

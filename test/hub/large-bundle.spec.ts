import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

let fleet: TestFleet;

beforeAll(async () => {
  const large = Array.from({ length: 12 }, (_, index): [string, string] => [
    `large/manifests/${index}.yaml`,
    configMap(`large-${index}`, { blob: randomBytes(640 * 1024).toString('base64') }),
  ]);
  fleet = await TestFleet.start({ ...bundleFiles('large', { fleet: 'shop' }), ...Object.fromEntries(large) });
});

afterAll(() => fleet.stop());

test('a bundle of ten megabytes that do not compress arrives whole', async () => {
  const agent = await fleet.join('eu-1', { fleet: 'shop' });
  await agent.desiredWhere('the bundle', (it) => it.assignments.length === 1);
  const objects = await agent.objectsOf('large');
  expect(objects).toHaveLength(13);
  expect(JSON.stringify(objects).length).toBeGreaterThan(10_000_000);
});

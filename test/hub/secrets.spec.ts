import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const password = 'correct-horse-battery-staple';
const encoded = Buffer.from(password).toString('base64');
const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${password}}\n`;

describe('Secrets stay secret (invariant 10)', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('shop', { fleet: 'shop' }),
      'shop/manifests/secret.yaml': secret,
    });
    agent = await fleet.join('eu-1', { fleet: 'shop' });
    await agent.desiredWhere('the bundle', (it) => it.assignments.length === 1);
  });

  afterAll(() => fleet.stop());

  test('an agent gets the value, under a keyed digest', async () => {
    expect(await agent.objectsOf('shop')).toMatchObject([
      { kind: 'ConfigMap' },
      { kind: 'Secret', stringData: { password } },
    ]);
    const { manifestDigest } = agent.desired!.assignments[0]!;
    const manifest = (await agent.fetch([manifestDigest])).get(manifestDigest)!;
    expect((JSON.parse(manifest) as { objects: string[] }).objects[1]).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
  });

  test('neither logs, nor the API, nor a broken commit tell it', async () => {
    await fleet.commit({ 'shop/manifests/secret.yaml': `${secret}  broken: [` });
    const told = [
      ...fleet.log,
      ...(await Promise.all(
        ['status', 'revisions', 'bundles', 'bundles/shop', 'objects', 'assignments'].map(async (path) =>
          (await fleet.raw('GET', path)).text(),
        ),
      )),
    ].join('\n');
    expect(told).toContain('Secret');
    expect(told).not.toContain(password);
    expect(told).not.toContain(encoded);
  });

  test('the database does not hold it, nor any key in the clear', async () => {
    const key = (await readFile(join(fleet.folder, 'data', 'master-key'), 'utf8')).trim();
    const token = (await readFile(fleet.hub.adminTokenFile, 'utf8')).trim();
    await fleet.hub.close();
    const files = await readdir(join(fleet.folder, 'data', 'postgres'), {
      recursive: true,
      withFileTypes: true,
    });
    const found: string[] = [];
    for (const file of files.filter((it) => it.isFile())) {
      const content = await readFile(join(file.parentPath, file.name), 'latin1');
      for (const hidden of [password, encoded, key, token, 'BEGIN PRIVATE KEY']) {
        if (content.includes(hidden)) found.push(`${file.name}: ${hidden}`);
      }
    }
    expect(found).toEqual([]);
    await fleet.startHub();
  });
});

import type { Assignment } from '@muster/api';
import { runProgram, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const production = '{matchLabels: {env: production}}';
const file = (name: string, more = '') =>
  `${bundleFile(name, { namespace: 'shop', selector: production })}${more}`;
const broken = 'apiVersion: v1\nkind: [\n';

/** Objects that change their bundle, and bundles that change their name or leave, on a whole fleet (invariant 4). */
describe('what moves in the repo (invariant 4)', () => {
  let fleet: TestFleet;
  let solo: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: { env: 'production' } }],
      files: {
        'web/muster.yaml': file('web'),
        'web/manifests/moving.yaml': configMap('moving', { a: 'b' }),
        'web/manifests/staying.yaml': configMap('staying', { a: 'b' }),
        'api/muster.yaml': file('api'),
        'api/manifests/own.yaml': configMap('own', { a: 'b' }),
      },
    });
    solo = fleet.member('solo');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  const live = async (name: string): Promise<string> => {
    const { uid, labels } = (await solo.get('ConfigMap', 'shop', name))?.metadata ?? {};
    return `${labels?.['muster.dev/bundle']} ${uid}`;
  };
  const uidOf = async (name: string) => (await solo.get('ConfigMap', 'shop', name))?.metadata.uid;
  const told = (bundle: string, isWanted: (it: Assignment | undefined) => boolean) =>
    until(
      `the status of ${bundle}`,
      async () => (await fleet.hub.api.assignments(`bundle=${bundle}`))[0],
      isWanted,
    );

  it('goes from one bundle to another untouched, though the other does not render at the commit that moves it', async () => {
    const uid = await uidOf('moving');
    await fleet.commit({
      'web/manifests/moving.yaml': null,
      'api/manifests/moving.yaml': configMap('moving', { a: 'b' }),
      'api/manifests/broken.yaml': broken,
    });
    expect(await told('web', (it) => it?.reason === 'PruneHeld')).toMatchObject({
      message: expect.stringContaining('its deletion waits for bundle api') as string,
    });
    expect(await live('moving')).toBe(`web ${uid}`);
    await fleet.commit({ 'api/manifests/broken.yaml': null });
    await fleet.settled();
    expect(await live('moving')).toBe(`api ${uid}`);
  });

  it('keeps everything of a bundle that is renamed, though the new one does not render at first', async () => {
    const uids = [await uidOf('moving'), await uidOf('own')];
    await fleet.commit({
      'api/muster.yaml': file('backend'),
      'api/manifests/broken.yaml': broken,
    });
    await told('api', (it) => it?.reason === 'PruneHeld');
    expect([await live('moving'), await live('own')]).toEqual(uids.map((uid) => `api ${uid}`));
    await fleet.commit({ 'api/manifests/broken.yaml': null });
    await told('api', (it) => it === undefined);
    await fleet.settled();
    expect([await live('moving'), await live('own')]).toEqual(uids.map((uid) => `backend ${uid}`));
  });

  it('rests when its bundle leaves while it is paused, and is deleted when that is resumed', async () => {
    await fleet.hub.api.call('POST', 'pauses', { bundle: 'web', reason: 'incident' });
    await told('web', (it) => it?.reason === 'Paused');
    await fleet.commit({ 'web/muster.yaml': null, 'web/manifests/staying.yaml': null });
    await told('web', (it) => it?.reason === 'Paused' && it.objectProblemCount > 0);
    expect(await uidOf('staying')).toBeDefined();
    await fleet.hub.api.call('DELETE', 'pauses?bundle=web');
    await told('web', (it) => it === undefined);
    expect(await uidOf('staying')).toBeUndefined();
    await fleet.settled();
  });

  it('stays when its bundle leaves that pruned nothing, until muster allow-delete says otherwise', async () => {
    await fleet.commit({
      'api/muster.yaml': file('backend', '  sync: {prune: false}\n'),
      'rest/muster.yaml': file('rest'),
      'rest/manifests/rest.yaml': configMap('rest', { a: 'b' }),
    });
    await fleet.settled();
    await fleet.commit({ 'api/manifests/moving.yaml': null });
    await told('backend', (it) => it?.reason === 'Orphaned');
    await fleet.commit({ 'api/muster.yaml': null, 'api/manifests/own.yaml': null });
    expect(
      await told('backend', (it) => it?.reason === 'Orphaned' && it.objectProblemCount === 2),
    ).toMatchObject({ sync: 'OutOfSync' });
    expect([await uidOf('moving'), await uidOf('own')]).not.toContain(undefined);
    const allowed = await runProgram('cli', ['allow-delete', 'backend', '--yes'], {
      env: await fleet.hub.env(),
    });
    expect(allowed).toMatchObject({ code: 0 });
    await told('backend', (it) => it === undefined);
    expect([await uidOf('moving'), await uidOf('own')]).toEqual([undefined, undefined]);
    await fleet.settled();
  });
});

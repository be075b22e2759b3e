import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, FleetStatus, Revision } from '@muster/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

describe('what is wrong in the repo harms nobody (invariants 4, 5 and 12)', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', everywhere),
      ...bundleFiles('cart', everywhere),
    });
    agent = await fleet.join('eu-1', everywhere);
    await agent.desiredWhere('both bundles', (it) => it.assignments.length === 2);
  });

  afterAll(() => fleet.stop());

  const newest = async (): Promise<Revision> => (await fleet.list<Revision>('revisions'))[0]!;
  const bundle = (name: string): Promise<Bundle> => fleet.api('GET', `bundles/${name}`);

  test('a commit with errors is refused with all of them, and nothing changes anywhere', async () => {
    const before = agent.held;
    await fleet.commit({
      'bad/muster.yaml': 'apiVersion: muster.dev/v1alpha1\nkind: Bundel\nmetadata: {name: x}\n',
      'worse/muster.yaml':
        'apiVersion: muster.dev/v1alpha1\nkind: Bundle\nmetadata: {name: y}\nspec:\n  source: {manifests: {path: ../../etc}}\n  targets: [{groups: [nowhere]}]\n',
      'cart/manifests/config.yaml': configMap('cart', { key: 'never seen' }),
    });
    const revision = await newest();
    expect(revision).toMatchObject({ state: 'Refused', newest: true });
    expect(new Set(revision.problems.map((it) => it.file))).toEqual(
      new Set(['bad/muster.yaml', 'worse/muster.yaml']),
    );
    expect(revision.problems.every((it) => (it.line ?? 0) > 0 && it.message !== '')).toBe(true);
    expect(agent.held).toBe(before);
    const status = await fleet.api<FleetStatus>('GET', 'status');
    expect(status.goodRevision?.sha).not.toBe(revision.sha);
    await fleet.commit({ 'bad/muster.yaml': null, 'worse/muster.yaml': null });
    await agent.desiredWhere('the mended commit', () => agent.held !== before);
  });

  test('a bundle that does not render stays where it was, holds back pruning, and the others go on', async () => {
    const pinned = agent.desired!.assignments.find((it) => it.bundle === 'cart')!;
    const sha = await fleet.commit({
      'cart/manifests/config.yaml': 'kind: ConfigMap\n  broken: [',
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'newer' }),
    });
    const state = await agent.desiredWhere('the new checkout', (it) => it.assignments[1]?.revision === sha);
    expect(state.assignments[0]).toEqual(pinned);
    expect(state.pruneHolds).toMatchObject([{ bundle: 'cart' }]);
    expect(await bundle('cart')).toMatchObject({ state: 'Failing', revision: pinned.revision });
    const [problem] = (await bundle('cart')).problems;
    expect(problem?.file).toBe('cart/manifests/config.yaml');
    expect(await newest()).toMatchObject({ state: 'Good', bundles: { total: 2, failing: 1 } });
  });

  test('a broken bundle goes, at its last good revision, also to clusters that match anew', async () => {
    const late = await fleet.join('eu-2', everywhere);
    const state = await late.desiredWhere('both', (it) => it.assignments.length === 2);
    expect(state.assignments[0]?.manifestDigest).toBe(agent.desired!.assignments[0]!.manifestDigest);
  });

  test('it goes on once it renders again, and nothing is held back any more', async () => {
    const sha = await fleet.commit({ 'cart/manifests/config.yaml': configMap('cart', { key: 'mended' }) });
    const state = await agent.desiredWhere('the mended cart', (it) => it.assignments[0]?.revision === sha);
    expect(state.pruneHolds).toEqual([]);
  });

  test('a symbolic link in a source is refused with its path', async () => {
    await symlink('/etc/passwd', join(fleet.repo.path, 'cart/manifests/passwd.yaml'));
    await fleet.commit({});
    expect(await bundle('cart')).toMatchObject({
      state: 'Failing',
      problems: [{ file: 'cart/manifests/passwd.yaml' }],
    });
    await fleet.commit({ 'cart/manifests/passwd.yaml': null });
    expect((await bundle('cart')).state).toBe('Good');
  });

  test('an object that stands twice in a bundle, and a folder that is not there, are refused', async () => {
    await fleet.commit({ 'cart/manifests/again.yaml': configMap('cart', {}) });
    expect((await bundle('cart')).problems[0]?.message).toContain('already given');
    await fleet.commit({ 'cart/manifests/again.yaml': null, 'cart/manifests/config.yaml': null });
    const [missing] = (await bundle('cart')).problems;
    expect(missing?.file).toBe('cart/muster.yaml');
    expect(missing?.message).toContain('no folder');
    await fleet.commit({ 'cart/manifests/config.yaml': configMap('cart', { key: 'mended' }) });
  });

  test('a rewritten branch is the new truth, and is told of', async () => {
    await fleet.repo.git('reset', '-q', '--hard', 'HEAD~3');
    const sha = await fleet.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'rewritten' }),
    });
    await agent.desiredWhere('the rewritten branch', (it) => it.assignments[1]?.revision === sha);
    expect(fleet.log.join('')).toContain('the branch was rewritten');
  });

  test('a repo that is away stops nothing, and the status says since when', async () => {
    await rename(fleet.repo.path, `${fleet.repo.path}.away`);
    await fleet.look();
    const { repo } = await fleet.api<FleetStatus>('GET', 'status');
    expect(repo.error).not.toBeNull();
    await fleet.api('POST', 'clusters/eu-1/labels', { set: { fleet: 'other' } });
    await agent.desiredWhere('a label to act', (it) => it.assignments.length === 0);
    await rename(`${fleet.repo.path}.away`, fleet.repo.path);
    await fleet.look();
    expect((await fleet.api<FleetStatus>('GET', 'status')).repo.error).toBeNull();
    await fleet.api('POST', 'clusters/eu-1/labels', { remove: ['fleet'] });
    await agent.desiredWhere('the bundles again', (it) => it.assignments.length === 2);
  });

  test('a repo that is suddenly empty is followed; deleting is left to the guard at the agents', async () => {
    const tracked = (await fleet.repo.git('ls-files')).split('\n');
    await fleet.commit(Object.fromEntries(tracked.map((path) => [path, null])));
    const state = await agent.desiredWhere('nothing', (it) => it.assignments.length === 0);
    expect(state.deletionConsents).toEqual([]);
    expect(state.deletionGuard).toEqual({ maxPercent: 30, maxObjects: 10 });
  });
});

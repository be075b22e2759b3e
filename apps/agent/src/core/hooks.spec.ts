import type { InventoryEntry } from '@muster/apply-plan';
import type { Resource } from '@muster/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Hooks } from './hooks.ts';
import { SimulatedAgent, configMap, configMaps, until } from './testing.ts';

const jobs: Resource = { ...configMaps, group: 'batch', kind: 'Job', plural: 'jobs' };
const shop = (...objects: object[]) => ({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
const hooked = (name: string, phase: string, more: Record<string, string> = {}) => ({
  ...configMap(name),
  metadata: { name, annotations: { 'muster.dev/hook': phase, ...more } },
});
const job = (name: string, phase: string, succeeds: boolean, more: Record<string, string> = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations: { 'muster.dev/hook': phase, ...more } },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { annotations: { 'sim.muster.dev/succeed': `${succeeds}` } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/tool:1' }] },
    },
  },
});

describe('hooks', () => {
  let agent: SimulatedAgent;
  beforeEach(async () => {
    agent = await SimulatedAgent.start();
  });
  afterEach(() => agent.stop());
  const uidOf = async (name: string): Promise<string | undefined> =>
    agent.kube.get(jobs, { namespace: 'shop', name }).then(
      (found) => found.metadata.uid,
      () => undefined,
    );
  const syncs = () => agent.until('shop', (status) => status.sync === 'Synced');
  const fails = () => agent.until('shop', (status) => status.reason === 'HookFailed');

  it('end though nothing more happens: what does not run is done when it is there', async () => {
    await agent.say(shop(hooked('before', 'PreSync'), configMap('a'), hooked('after', 'PostSync')));
    const status = await syncs();
    expect(status).toMatchObject({ health: 'Healthy', objects: [] });
    expect(await agent.names()).toEqual(['a', 'after', 'before']);
  });

  it('that are to go when they succeeded, go', async () => {
    const policy = { 'muster.dev/hook-delete-policy': 'HookSucceeded' };
    await agent.say(shop(hooked('before', 'PreSync', policy), configMap('a')));
    await syncs();
    await until(
      () => agent.names(),
      (names) => names.length === 1,
    );
  });

  it('that are to go when they failed, go, and what they failed of stays told', async () => {
    const policy = { 'muster.dev/hook-delete-policy': 'HookFailed' };
    await agent.say(shop(job('migrate', 'PreSync', false, policy), configMap('a')));
    await fails();
    await until(
      () => uidOf('migrate'),
      (uid) => uid === undefined,
    );
    const status = await fails();
    expect(status.health).toBe('Degraded');
    expect(status.message).toMatch(/^the PreSync hook Job shop\/migrate failed: /);
    expect(await agent.names()).toEqual([]);
  });

  it("that failed run once more when a person asks, and not by the agent's own looks", async () => {
    await agent.say(shop(job('migrate', 'PreSync', false), job('alarm', 'SyncFail', true), configMap('a')));
    await fails();
    await until(
      () => uidOf('alarm'),
      (uid) => uid !== undefined,
    );
    const before = [await uidOf('migrate'), await uidOf('alarm')];
    await agent.reconciler.checkNow();
    expect([await uidOf('migrate'), await uidOf('alarm')]).toEqual(before);
    await agent.core.syncNow('shop', new AbortController().signal);
    await until(
      async () => [await uidOf('migrate'), await uidOf('alarm')],
      (uids) => uids.every((uid, n) => uid !== undefined && uid !== before[n]),
    );
    await fails();
  });

  it('wait where somebody else made an object of their name, and run when it is gone', async () => {
    await agent.kube.create(
      { ...configMaps, kind: 'Namespace', plural: 'namespaces', namespaced: false },
      undefined,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    );
    const { metadata, ...rest } = job('migrate', 'PreSync', true);
    const theirs = { ...rest, metadata: { name: metadata.name } };
    await agent.kube.create(jobs, 'shop', theirs);
    await agent.say(shop(job('migrate', 'PreSync', true), configMap('a')));
    const status = await agent.until('shop', (it) => it.reason === 'OwnedByOther');
    expect(status.message).toContain('cannot run until that is gone');
    await agent.kube.delete(jobs, { namespace: 'shop', name: 'migrate' });
    await syncs();
  });
});

describe('a hook whose object was made', () => {
  it('is told of at once, so that it is durable whatever else is under way', () => {
    const id = 'batch/Job/shop/migrate';
    const first: InventoryEntry[] = [];
    let news = 0;
    const entry: InventoryEntry = {
      id,
      bundle: 'shop',
      apiVersion: 'batch/v1',
      state: 'owned',
      uid: 'u',
      adopted: false,
      hook: { manifest: 'm', runs: [{ phase: 'PreSync', state: 'started', startedAt: 1 }] },
    };
    const hooks = new Hooks({
      ledger: {
        entries: new Map([[id, entry]]),
        get: () => entry,
        setFirst: (changed) => void first.push(changed),
      },
      tailOf: async () => undefined,
      onNews: () => void news++,
      now: () => 7,
    });
    hooks.begun(id);
    expect(first.map(({ hook }) => hook?.runs[0]?.startedAt)).toEqual([7]);
    expect(news).toBe(1);
  });
});

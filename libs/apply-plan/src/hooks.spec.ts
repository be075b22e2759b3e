import { beforeEach, describe, expect, it } from 'vitest';
import type { DesiredObject, PlanInput } from './model.ts';
import type { Hook } from './placement.ts';
import { Life, World } from './testing.ts';

const job = (name: string) => `batch/Job/shop/${name}`;
const configMap = (name: string) => `/ConfigMap/shop/${name}`;
const wants = (id: string, hook?: Partial<Hook>, wave?: number): DesiredObject => ({
  id,
  bundle: 'a',
  digest: 'd1',
  placement: {
    ...(wave === undefined ? {} : { wave }),
    ...(hook && { hook: { phases: ['PreSync'], deletePolicies: ['BeforeHookCreation'], ...hook } }),
  },
});
const ofManifest = (manifest: string): Partial<PlanInput> => ({
  bundles: new Map([['a', { paused: false, complete: true, manifest }]]),
});

describe('a hook', () => {
  let world: World;
  let life: Life;
  beforeEach(() => {
    world = new World();
    life = new Life(world, {});
  });
  const applied = (): string[] => world.history.splice(0);
  const saidOf = (desired: readonly DesiredObject[], id: string, more?: Partial<PlanInput>) => {
    const skip = life.plan(desired, more).skips.find((it) => it.id === id);
    return skip && `${skip.reason}${skip.detail === undefined ? '' : `: ${skip.detail}`}`;
  };

  it('is recorded as begun before it is made', () => {
    const plan = life.plan([wants(job('migrate'), {})], { now: 7 });
    expect(plan.intents).toMatchObject([
      {
        id: job('migrate'),
        state: 'intended',
        hook: { manifest: 'm1', runs: [{ phase: 'PreSync', state: 'started', startedAt: 7 }] },
      },
    ]);
    expect(plan.phases.flat()).toMatchObject([{ kind: 'apply', reason: 'hook' }]);
  });

  it('that an agent without hooks applied as an ordinary object is not run because agents learn', () => {
    const ordinary: DesiredObject = { id: job('migrate'), bundle: 'a', digest: 'd1' };
    life.settle([ordinary]);
    applied();
    life.settle([wants(job('migrate'), {}), wants(configMap('a'))]);
    expect(applied()).toEqual([`+ ${configMap('a')}`]);
    const next = new Life(world, ofManifest('m2'));
    next.settle([wants(job('migrate'), {}), wants(configMap('a'))]);
    expect(applied()).toEqual([`- ${job('migrate')}`, `+ ${job('migrate')}`]);
  });

  it('that is never to be pruned runs anew all the same, and what was there before Muster is in its way', () => {
    const desired = [wants(job('migrate'), {})];
    life.settle(desired);
    const id = job('migrate');
    world.objects.set(id, { ...world.objects.get(id)!, neverPrune: true });
    applied();
    new Life(world, ofManifest('m2')).settle(desired);
    expect(applied()).toEqual([`- ${id}`, `+ ${id}`]);
    world.inventory.set(id, { ...world.inventory.get(id)!, adopted: true });
    const skips = new Life(world, ofManifest('m3')).plan(desired).skips;
    expect(skips).toMatchObject([{ id, reason: 'hook-in-the-way' }]);
  });

  it('that is gone before its end was seen has failed, and is not run again', () => {
    const desired = [wants(job('migrate'), {}), wants(configMap('a'))];
    life.round(desired);
    world.objects.delete(job('migrate'));
    life.settle(desired);
    expect(applied()).toEqual([`+ ${job('migrate')}`]);
    expect(saidOf(desired, job('migrate'))).toMatch(/^hook-failed: .*it was deleted before its end was seen/);
    expect(saidOf(desired, configMap('a'))).toMatch(/^stopped: the PreSync hook Job shop\/migrate failed/);
  });

  it('that failed is run again when a person asks, and not before', () => {
    const desired = [wants(job('migrate'), {}), wants(configMap('a'))];
    life.settle(desired, () => 'Degraded');
    life.settle(desired, () => 'Healthy');
    expect(applied()).toEqual([`+ ${job('migrate')}`]);
    life.retryHooks();
    life.settle(desired, () => 'Healthy');
    expect(applied()).toEqual([`- ${job('migrate')}`, `+ ${job('migrate')}`, `+ ${configMap('a')}`]);
  });

  it('runs at each of its turns, for which it is made anew', () => {
    const desired = [wants(job('tell'), { phases: ['PreSync', 'PostSync'] }), wants(configMap('a'))];
    life.settle(desired);
    expect(applied()).toEqual([
      `+ ${job('tell')}`,
      `+ ${configMap('a')}`,
      `- ${job('tell')}`,
      `+ ${job('tell')}`,
    ]);
  });

  it('of a wave waits for those of lower waves', () => {
    const desired = [wants(job('second'), {}, 1), wants(job('first'), {}, -1)];
    life.round(desired);
    expect(applied()).toEqual([`+ ${job('first')}`]);
    expect(saidOf(desired, job('second'))).toBe(
      'waiting: waits for its PreSync hooks of wave -1: Job shop/first runs: it begins',
    );
  });

  it('fails when its deadline is over: its own, else the time that its bundle gives', () => {
    const desired = [wants(job('migrate'), { deadlineS: 10 })];
    life.round(desired);
    expect(life.plan(desired, { now: 9_999 }).nextDeadline).toBe(10_000);
    expect(saidOf(desired, job('migrate'), { now: 10_000 })).toMatch(/it did not end within 10 seconds/);
    const bundles = new Map([['a', { paused: false, complete: true, manifest: 'm1', healthTimeoutS: 20 }]]);
    const other = [wants(job('migrate'), {})];
    expect(saidOf(other, job('migrate'), { now: 19_999, bundles })).toMatch(/^hook-running/);
    expect(saidOf(other, job('migrate'), { now: 20_000, bundles })).toMatch(/^hook-failed/);
  });

  it('of a newer manifest waits until nothing is left of one that runs', () => {
    const desired = [wants(job('migrate'), {})];
    life.round(desired);
    const [step] = life.plan(desired, ofManifest('m2')).phases.flat();
    expect(step).toMatchObject({
      kind: 'delete',
      id: job('migrate'),
      ofHook: true,
      propagation: 'Foreground',
    });
  });

  it('that is no Job is applied in place where nobody says that it is made anew', () => {
    const desired = [wants(configMap('settings'), { deletePolicies: ['HookFailed'] })];
    life.settle(desired);
    new Life(world, ofManifest('m2')).settle(desired);
    expect(applied()).toEqual([`+ ${configMap('settings')}`, `~ ${configMap('settings')}`]);
  });

  it.each(['/PersistentVolumeClaim/shop/data', '/Namespace//shop'])(
    'is never deleted by its policy where that would destroy what a commit cannot bring back: %s',
    (id) => {
      const desired = [wants(id, { deletePolicies: ['BeforeHookCreation', 'HookSucceeded'] })];
      life.settle(desired);
      new Life(world, ofManifest('m2')).settle(desired);
      expect(applied()).toEqual([`+ ${id}`, `~ ${id}`]);
    },
  );

  it("of a Job's name that others have neither takes nor deletes theirs", () => {
    world.addTheirs(job('migrate'));
    const desired = [wants(job('migrate'), {}), wants(configMap('a'))];
    life.settle(desired);
    expect(applied()).toEqual([]);
    expect(saidOf(desired, job('migrate'))).toBe('hook-in-the-way');
  });

  it('has neither drift nor health once it ended', () => {
    const desired = [wants(job('migrate'), {}), wants(configMap('a'))];
    life.settle(desired);
    applied();
    world.setHealth(job('migrate'), 'Degraded');
    life.round(desired);
    world.objects.delete(job('migrate'));
    life.round(desired);
    expect(applied()).toEqual([]);
    expect(saidOf(desired, job('migrate'))).toBe('hook-done');
  });

  it('is not begun while its bundle is paused, though its end is taken down', () => {
    const desired = [wants(job('first'), {}), wants(job('second'), {}, 1)];
    life.round(desired);
    world.settle();
    const plan = life.plan(desired, { paused: true });
    expect(plan.phases).toEqual([]);
    expect(plan.intents[0]?.hook?.runs[0]?.state).toBe('succeeded');
    expect(saidOf(desired, job('second'), { paused: true })).toBe('paused');
  });
});

import type { FollowEvent, KubeClient } from '@muster/kube';
import { afterEach, describe, expect, it } from 'vitest';
import { configMap, configMaps, SimulatedAgent, until } from '../testing.ts';

const key = { namespace: 'shop', name: 'a' };
const state = { assignments: [{ bundle: 'shop', namespace: 'shop', objects: [configMap('a')] }] };

describe('drift', () => {
  let agent: SimulatedAgent;
  afterEach(async () => agent.stop());

  const valueOf = async (name = 'a') =>
    ((await agent.kube.get(configMaps, { ...key, name }))['data'] as { value?: string }).value;

  it('that no watch tells of is found by the full check', async () => {
    /** Lists, and then never says anything more. */
    const deaf = (kube: KubeClient): Partial<KubeClient> => ({
      async *follow(resource, options): AsyncGenerator<FollowEvent> {
        for await (const event of kube.follow(resource, options)) if (event.type === 'LISTED') yield event;
      },
    });
    agent = await SimulatedAgent.start(deaf);
    await agent.say(state);
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    await agent.kube.mergePatch(configMaps, key, { data: { value: '9' } });
    await agent.reconciler.checkAll();
    expect(await until(valueOf, (value) => value === '1')).toBe('1');
  });

  it('costs no request where others write what is not ours', async () => {
    const asked: string[] = [];
    agent = await SimulatedAgent.start((kube) => ({
      getText: (...args) => {
        asked.push('look');
        return kube.getText(...args);
      },
      dryRun: (...args) => {
        asked.push('try');
        return kube.dryRun(...args);
      },
      apply: (resource, ...args) => {
        if (resource.plural === 'configmaps') asked.push('apply');
        return kube.apply(resource, ...args);
      },
    }));
    await agent.say(state);
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    expect(asked).toEqual(['apply']);
    const labels = (theirs: string) => ({ metadata: { labels: { theirs } } });
    for (const text of ['x', 'y', 'z']) await agent.kube.mergePatch(configMaps, key, labels(text));
    await agent.reconciler.checkAll();
    // Then one that is: the watch told what was taken, so nothing needs to be asked.
    await agent.kube.mergePatch(configMaps, key, { data: { value: '9' } });
    await until(valueOf, (value) => value === '1');
    expect(asked).toEqual(['apply', 'apply']);
  });

  it('of what was left as it was is drift again, or no longer, when other rules come', async () => {
    const ruled = (policy: object) => ({ assignments: [{ ...state.assignments[0], policy }] });
    agent = await SimulatedAgent.start();
    await agent.say(ruled({ ignoreDifferences: [{ fields: ['/data/value'] }] }));
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    await agent.kube.mergePatch(configMaps, key, { data: { value: '9' } });
    await agent.reconciler.checkNow();
    expect(await valueOf()).toBe('9');
    await agent.say(ruled({}));
    expect(await until(valueOf, (value) => value === '1')).toBe('1');
  });
});

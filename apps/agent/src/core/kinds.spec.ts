import type { Discovery, KubeClient, Resource } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { Kinds } from './kinds.ts';

const budgets: Resource = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
  verbs: [],
};

async function kindsOf(discovery: Partial<Discovery>): Promise<Kinds> {
  const whole: Discovery = {
    serverVersion: 'v1.36.3',
    resources: [budgets],
    complete: true,
    failedGroups: [],
    ...discovery,
  };
  const kinds = new Kinds({ discover: () => Promise.resolve(whole) } as unknown as KubeClient);
  await kinds.refresh(false, new AbortController().signal);
  return kinds;
}

describe('the kinds of a cluster', () => {
  it('are found by their version, and in any version for an object that outlived the one it was written in', async () => {
    const kinds = await kindsOf({});
    expect(kinds.find('policy', 'v1', 'PodDisruptionBudget')).toBe(budgets);
    expect(kinds.find('policy', 'v1beta1', 'PodDisruptionBudget')).toBeUndefined();
    expect(kinds.findAny('policy', 'PodDisruptionBudget')).toBe(budgets);
  });

  it('are surely missing only where the discovery was complete', async () => {
    expect((await kindsOf({})).isSurelyMissing('example.com', 'Widget')).toBe(true);
    expect((await kindsOf({ complete: false })).isSurelyMissing('example.com', 'Widget')).toBe(false);
  });
});

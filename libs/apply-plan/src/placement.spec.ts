import { describe, expect, it } from 'vitest';
import { readPlacement } from './placement.ts';
import type { Placement } from './placement.ts';

const before = ['BeforeHookCreation'] as const;
const placed = (annotations: Record<string, string>): Placement | 'not applied' | undefined => {
  const read = readPlacement(annotations);
  return read.applies ? read.placement : 'not applied';
};

describe('an object takes its turn', () => {
  it.each<[string, Record<string, string>, Placement | 'not applied' | undefined]>([
    ['as most do, without annotations', { 'example.com/team': 'a' }, undefined],
    ["of Muster's wave", { 'muster.dev/wave': '5' }, { wave: 5 }],
    ["of Argo CD's wave, which may be negative", { 'argocd.argoproj.io/sync-wave': '-3' }, { wave: -3 }],
    ["not of Helm's weight, which only hooks have", { 'helm.sh/hook-weight': '4' }, undefined],
    [
      "as a hook of Muster's, with its policies and deadline",
      {
        'muster.dev/hook': 'PostSync',
        'muster.dev/hook-delete-policy': 'HookSucceeded, HookFailed',
        'muster.dev/hook-deadline': '1h30m',
      },
      { hook: { phases: ['PostSync'], deletePolicies: ['HookSucceeded', 'HookFailed'], deadlineS: 5400 } },
    ],
    [
      "as a hook of Argo CD's, in its wave",
      { 'argocd.argoproj.io/hook': 'PreSync', 'argocd.argoproj.io/sync-wave': '2' },
      { wave: 2, hook: { phases: ['PreSync'], deletePolicies: before } },
    ],
    [
      "as two of Argo CD's hooks, in the order in which they come",
      { 'argocd.argoproj.io/hook': 'SyncFail,PreSync' },
      { hook: { phases: ['PreSync', 'SyncFail'], deletePolicies: before } },
    ],
    [
      "as a hook of Helm's, once for install and upgrade",
      {
        'helm.sh/hook': 'pre-install,pre-upgrade',
        'helm.sh/hook-weight': '-5',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      },
      {
        wave: -5,
        hook: { phases: ['PreSync'], deletePolicies: ['BeforeHookCreation', 'HookSucceeded'] },
      },
    ],
    [
      "after all others, for Helm's post-upgrade",
      { 'helm.sh/hook': 'post-upgrade' },
      { hook: { phases: ['PostSync'], deletePolicies: before } },
    ],
    ['ordinarily, as a CRD of former days', { 'helm.sh/hook': 'crd-install' }, undefined],
    ["never, as a test of Helm's", { 'helm.sh/hook': 'test-success' }, 'not applied'],
    ['never, where Argo CD is to skip it', { 'argocd.argoproj.io/hook': 'Skip' }, 'not applied'],
    [
      'without anybody waiting for its health',
      { 'muster.dev/ignore-health': 'true' },
      { ignoreHealth: true },
    ],
  ])('%s', (_, annotations, placement) => {
    expect(placed(annotations)).toEqual(placement);
    expect(readPlacement(annotations).warnings).toEqual([]);
  });

  it("by Muster's annotations where others say otherwise, and says so", () => {
    const annotations = {
      'muster.dev/hook': 'PostSync',
      'muster.dev/wave': '1',
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/sync-wave': '1',
      'helm.sh/hook': 'post-install',
    };
    expect(placed(annotations)).toEqual({ wave: 1, hook: { phases: ['PostSync'], deletePolicies: before } });
    expect(readPlacement(annotations).warnings).toEqual([
      'muster.dev/hook and argocd.argoproj.io/hook disagree: muster.dev/hook holds',
    ]);
  });

  it.each([
    ['helm.sh/hook', 'pre-delete', 'not applied', 'helm.sh/hook: pre-delete does not act yet'],
    ['helm.sh/hook', 'pre-rollback', 'not applied', 'helm.sh/hook: pre-rollback does not act yet'],
    [
      'argocd.argoproj.io/hook',
      'PostDelete',
      'not applied',
      'argocd.argoproj.io/hook: PostDelete does not act yet',
    ],
    ['muster.dev/hook', 'presync', undefined, 'muster.dev/hook: nobody knows "presync"'],
    ['muster.dev/wave', 'first', undefined, 'muster.dev/wave: "first" is not an integer, and does not act'],
    [
      'muster.dev/hook-deadline',
      '5 minutes',
      undefined,
      'muster.dev/hook-deadline: "5 minutes" is not a duration such as 10m, and does not act',
    ],
  ])('and is warned of %s: %s', (annotation, value, placement, warning) => {
    expect(placed({ [annotation]: value })).toEqual(placement);
    expect(readPlacement({ [annotation]: value }).warnings).toEqual([warning]);
  });
});

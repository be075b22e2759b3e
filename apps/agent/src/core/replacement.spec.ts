import { KubeApiError } from '@muster/kube';
import type { KubeObject, Resource } from '@muster/kube';
import type { DesiredState } from '@muster/manifest';
import { describe, expect, it } from 'vitest';
import type { ObjectWrite } from './applier.ts';
import { Replacement, stanceOn } from './replacement.ts';
import type { Stance } from './replacement.ts';

const immutable = new KubeApiError(422, 'Invalid', 'Deployment.apps "a" is invalid: …', {
  causes: [{ field: 'spec.selector', message: 'Invalid value: {}: field is immutable' }],
});
const statefulSetSpec = new KubeApiError(
  422,
  'Invalid',
  `StatefulSet.apps "a" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden`,
  {
    causes: [
      {
        field: 'spec',
        message: `Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden`,
      },
    ],
  },
);

function write(kind: string, annotations: object = {}, spec: object = {}, uid = 'u1'): ObjectWrite {
  const object = { apiVersion: 'apps/v1', kind, metadata: { annotations, name: 'a' }, spec };
  const resource: Resource = {
    group: 'apps',
    version: 'v1',
    kind,
    plural: 'x',
    namespaced: true,
    verbs: [],
  };
  return {
    id: `apps/${kind}/shop/a`,
    reason: 'changed',
    bundle: {
      bundle: 'shop',
      policy: {},
      objects: [],
      broken: [],
      refused: [],
      problem: undefined,
      warnings: [],
    } as unknown as ObjectWrite['bundle'],
    object: {
      digest: 'sha256:aa',
      group: 'apps',
      version: 'v1',
      kind,
      name: 'a',
      ownNamespace: 'shop',
      id: undefined,
      resource,
    },
    resource,
    key: { namespace: 'shop', name: 'a' },
    entry: {
      id: `apps/${kind}/shop/a`,
      bundle: 'shop',
      apiVersion: 'apps/v1',
      state: 'owned',
      uid,
      adopted: false,
    },
    bytes: Buffer.from(JSON.stringify(object)),
  };
}

function replacement({ stance = 'no-consent', spec = {} }: { stance?: Stance; spec?: object } = {}) {
  const removed: string[] = [];
  let now = 0;
  const live: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'X',
    metadata: { name: 'a', uid: 'u1' },
    spec,
  };
  return {
    removed,
    pass: (ms: number) => (now += ms),
    it: new Replacement({
      now: () => now,
      stanceOn: () => stance,
      look: async () => live,
      remove: async (_, uid) => void removed.push(uid),
    }),
  };
}

const asked = { 'muster.dev/replace': 'true' };

describe('an object whose immutable field changes', () => {
  it('stays, and says which field and what can be done', async () => {
    const { it: replace, removed } = replacement();
    await expect(replace.replace(write('Deployment'), immutable)).rejects.toMatchObject({
      reason: 'Immutable',
      message: expect.stringMatching(
        /^spec\.selector cannot be changed on a live Deployment: .*muster\.dev\/replace: "true"$/,
      ) as string,
    });
    expect(removed).toEqual([]);
  });

  it.each([
    ['Muster’s annotation', asked],
    ['Argo CD’s Replace', { 'argocd.argoproj.io/sync-options': 'Prune=false, Replace=true' }],
    ['Argo CD’s Force', { 'argocd.argoproj.io/sync-options': 'Force=true' }],
  ])('is deleted, by its uid, where %s asks for that', async (_, annotations) => {
    const { it: replace, removed } = replacement();
    await replace.replace(write('Deployment', annotations), immutable);
    expect(removed).toEqual(['u1']);
  });

  it('stays where Muster’s annotation disagrees with Argo CD’s', async () => {
    const { it: replace } = replacement();
    const annotations = {
      'argocd.argoproj.io/sync-options': 'Replace=true',
      'muster.dev/replace': 'false',
    };
    await expect(replace.replace(write('Deployment', annotations), immutable)).rejects.toMatchObject({
      reason: 'Immutable',
    });
  });

  it('waits for consent where data would go with it, and names what differs in a spec that may not change', async () => {
    const object = write('StatefulSet', asked, { replicas: 3, serviceName: 'two', selector: { a: 'b' } });
    const spec = { replicas: 1, serviceName: 'one', selector: { a: 'b', defaulted: true } };
    const without = replacement({ spec });
    await expect(without.it.replace(object, statefulSetSpec)).rejects.toThrow(
      'spec.serviceName cannot be changed on a live StatefulSet: a StatefulSet is not replaced without consent (muster allow-delete shop)',
    );
    expect(without.removed).toEqual([]);
    const consented = replacement({ spec, stance: 'consent' });
    await consented.it.replace(object, statefulSetSpec);
    expect(consented.removed).toEqual(['u1']);
  });

  it('is not replaced again and again by the same manifest', async () => {
    const { it: replace, removed, pass } = replacement();
    await replace.replace(write('Deployment', asked), immutable);
    await expect(replace.replace(write('Deployment', asked), immutable)).rejects.toThrow(
      'replaced moments ago',
    );
    pass(600_000);
    await replace.replace(write('Deployment', asked), immutable);
    expect(removed).toHaveLength(2);
  });

  it('is left alone when it is not the one that the inventory knows', async () => {
    const { it: replace, removed } = replacement();
    await expect(replace.replace(write('Deployment', asked, {}, 'another'), immutable)).rejects.toBe(
      immutable,
    );
    expect(removed).toEqual([]);
  });

  it('stays when its bundle was paused while the apply was on its way', async () => {
    const { it: replace, removed } = replacement({ stance: 'paused' });
    await expect(replace.replace(write('Deployment', asked), immutable)).rejects.toThrow('paused since');
    expect(removed).toEqual([]);
    const state = (paused: boolean, bundlePaused: boolean) =>
      ({
        paused,
        assignments: [{ bundle: 'shop', paused: bundlePaused }],
        deletionConsents: ['shop'],
      }) as unknown as DesiredState;
    expect(stanceOn(state(false, false), 'shop')).toBe('consent');
    expect(stanceOn(state(true, false), 'shop')).toBe('paused');
    expect(stanceOn(state(false, true), 'shop')).toBe('paused');
    expect(stanceOn(undefined, 'shop')).toBe('paused');
  });

  it('is left alone after any other refusal', async () => {
    const { it: replace, removed } = replacement();
    const other = new KubeApiError(422, 'Invalid', 'no', {
      causes: [{ field: 'spec', message: 'Required' }],
    });
    await expect(replace.replace(write('Deployment', asked), other)).rejects.toBe(other);
    const none = new Error('no');
    await expect(replace.replace(write('Deployment', asked), none)).rejects.toBe(none);
    expect(removed).toEqual([]);
  });
});

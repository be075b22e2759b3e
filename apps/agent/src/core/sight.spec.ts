import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { currentStatuses } from '../status/current.ts';
import type { Knowledge } from '../status/assess.ts';
import type { WantedBundle } from './bundles.ts';
import { Sight } from './sight.ts';
import type { Unseen } from './unseen.ts';

const id = '/ConfigMap/shop/a';
const bundle: WantedBundle = {
  bundle: 'shop',
  assignment: {
    bundle: 'shop',
    manifestDigest: 'sha256:m',
    policy: new Uint8Array(),
    revision: '',
    requiredFeatures: [],
    paused: false,
  },
  policy: {},
  objects: [
    {
      digest: 'sha256:o',
      group: '',
      version: 'v1',
      kind: 'ConfigMap',
      name: 'a',
      ownNamespace: '',
      id,
      resource: undefined,
    },
  ],
  broken: [],
  refused: [],
  problem: undefined,
  warnings: [],
};
const live = {
  uid: 'u',
  resourceVersion: '1',
  fleet: 'f',
  bundle: 'shop',
  marksObject: id,
  fieldsHash: 'h',
  terminating: false,
  neverPrune: false,
  health: { status: 'Healthy', message: '' },
} as const;
const entry = {
  id,
  bundle: 'shop',
  apiVersion: 'v1',
  state: 'owned',
  uid: 'u',
  digest: 'sha256:o',
  resourceVersion: '1',
  adopted: false,
} as const;
const told = (more: Partial<Knowledge> = {}) =>
  currentStatuses([bundle], new Map(), [], {
    version: { epoch: 1n, generation: 1n },
    paused: false,
    inventory: new Map([[id, entry]]),
    record: () => live,
    failure: () => undefined,
    observationProblem: () => undefined,
    trouble: () => undefined,
    clusterIsAway: false,
    blindKinds: new Map(),
    observedAt: 0,
    ...more,
  })[0];

const gone: Unseen = { reason: 'NotObserved', message: 'conversion failed' };

describe('the sight of the cluster', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told of when it is lost, and when it is back', () => {
    let silent = 0;
    let blind = new Map<string, Unseen>();
    let changes = 0;
    const sight = new Sight({ silentForMs: () => silent }, { blindKinds: () => blind }, () => changes++);
    vi.advanceTimersByTime(5_000);
    expect(changes).toBe(0);
    silent = 30_000;
    vi.advanceTimersByTime(5_000);
    expect([changes, sight.isClusterAway()]).toEqual([1, true]);
    silent = 0;
    blind = new Map([['/ConfigMap', gone]]);
    vi.advanceTimersByTime(5_000);
    expect([changes, sight.isClusterAway()]).toEqual([2, false]);
    sight.stop();
  });

  it('leaves every status unknown while the API server is away', () => {
    expect(told()).toMatchObject({ sync: 'Synced', health: 'Healthy' });
    expect(told({ clusterIsAway: true })).toMatchObject({
      sync: 'Unknown',
      health: 'Unknown',
      reason: 'Unreachable',
    });
  });

  it('leaves the objects of a kind that cannot be watched unknown', () => {
    for (const place of ['/ConfigMap', '/ConfigMap/shop'])
      expect(told({ blindKinds: new Map([[place, gone]]) })).toMatchObject({
        sync: 'Unknown',
        reason: 'NotObserved',
        message: 'ConfigMap a: it cannot be watched: conversion failed',
      });
    expect(told({ blindKinds: new Map([['/ConfigMap/elsewhere', gone]]) })?.sync).toBe('Synced');
  });
});

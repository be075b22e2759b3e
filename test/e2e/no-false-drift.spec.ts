import { whyNoClusters } from '@muster/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { leaveCorpusAlone, type LeftAlone } from '../corpus/left-alone.ts';

const why = await whyNoClusters([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
]);

describe.skipIf(why !== undefined)('objects that real clusters run, applied and left alone', () => {
  let seen: LeftAlone;

  beforeAll(async () => {
    seen = await leaveCorpusAlone({ fullChecks: 3 });
  }, 600_000);

  it('are many and diverse', () => {
    expect(seen.objects).toBeGreaterThanOrEqual(200);
    expect(seen.kinds).toBeGreaterThanOrEqual(50);
  });

  it('are all synced, for all that defaults, webhooks and controllers made of them', () => {
    expect(seen.told).toEqual([]);
  });

  it('are applied once, and never again', () => {
    expect(seen.appliedAgain).toEqual([]);
  });

  it('cost no write at all through several full checks and a restart', () => {
    expect(seen.fullChecks).toBeGreaterThanOrEqual(4);
    expect(seen.writes).toEqual([]);
  });
});

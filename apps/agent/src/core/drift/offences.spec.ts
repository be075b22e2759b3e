import type { ApplyStep } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import type { ObjectWrite } from '../applier.ts';
import { Drift } from './drift.ts';

const id = '/ConfigMap/shop/a';
const step = {
  kind: 'apply',
  id,
  reason: 'create',
  object: { id, bundle: 'shop', digest: 'd1' },
} as const satisfies ApplyStep;

function driftOn(kube: Partial<KubeClient>, absent: string[] = []): Drift {
  return new Drift({
    kube: kube as KubeClient,
    observer: {
      record: () => undefined,
      noteSeen: () => undefined,
      noteAbsent: (gone) => void absent.push(gone),
    },
    setEntry: () => undefined,
    now: () => 0,
  });
}

describe('an object that is to be set right', () => {
  it('is no fight because the writes of it fail', () => {
    const drift = driftOn({});
    const tries = (hasSucceeded: boolean): void => {
      for (let n = 0; n < 5; n++) {
        drift.deleted(id);
        drift.ended(step, hasSucceeded);
      }
    };
    tries(false);
    expect(drift.of(id)).toBeUndefined();
    expect(drift.isWaiting(id, 'd1')).toBe(false);
    tries(true);
    expect(drift.of(id)?.message).toContain('keeps being deleted');
  });

  it('is known to be gone once a look says so, whatever the watch told', async () => {
    const absent: string[] = [];
    const gone = new KubeApiError(404, 'NotFound', 'not found');
    const drift = driftOn({ getText: () => Promise.reject(gone) }, absent);
    const write = {
      id,
      bundle: { policy: { drift: 'Notify' } },
      object: { digest: 'd1' },
      key: { namespace: 'shop', name: 'a' },
      bytes: new Uint8Array(),
    } as unknown as ObjectWrite;
    expect(await drift.settle(write, {} as KubeClient)).toBe(true);
    expect(absent).toEqual([id]);
  });
});

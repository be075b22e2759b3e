import { DesiredState } from '@muster/contracts';
import { encodePolicy } from '@muster/manifest';
import { describe, expect, test } from 'vitest';
import { announcedState, assignmentsOf, type DesiredBase, encodeContent } from './desired-content.ts';

const base: DesiredBase = {
  assignments: [
    {
      bundle: 'checkout',
      revision: 'c1',
      manifestDigest: `sha256:${'a'.repeat(64)}`,
      policy: encodePolicy({ namespace: 'checkout' }),
      paused: true,
      held: false,
    },
  ],
  paused: true,
  pruneHolds: [{ bundle: 'cart', reason: 'it does not render' }],
  deletionGuard: { maxPercent: 30, maxObjects: 10 },
  pausedLeaving: ['legacy'],
};

describe('the bytes of a desired state', () => {
  test('decode to what was planned, whether the content is shared or not', () => {
    const content = encodeContent(base, ['cart']);
    const announced = announcedState({ epoch: 2n, generation: 7n }, content.data);
    const decoded = DesiredState.decode(announced.bytes);
    expect(decoded.version).toEqual({ epoch: 2n, generation: 7n });
    expect(decoded.assignments[0]).toMatchObject({ bundle: 'checkout', revision: 'c1', paused: true });
    expect(decoded.assignments[0]?.policy.toString()).toBe('{"namespace":"checkout","version":1}');
    expect(decoded).toMatchObject({ paused: true, deletionConsents: [{ bundle: 'cart' }] });
    expect(DesiredState.encode(decoded).finish()).toEqual(new Uint8Array(announced.bytes));
  });

  test('name what the agent must know to act on each policy', () => {
    const [checkout] = base.assignments;
    const notify = { ...checkout!, policy: encodePolicy({ drift: 'Notify', serviceAccount: 'deployer' }) };
    const newer = { ...checkout!, policy: Buffer.from('{"drift":"Shout","version":1}') };
    const { assignments } = DesiredState.decode(
      encodeContent({ ...base, assignments: [checkout!, notify, newer] }, []).data,
    );
    expect(assignments.map((it) => it.requiredFeatures)).toEqual([
      ['manifests/v1'],
      ['impersonation/v1', 'manifests/v1', 'sync-options/v1'],
      ['manifests/v1'],
    ]);
  });

  test('give back the rows of their assignments', () => {
    expect([...assignmentsOf(encodeContent(base, []).data).values()]).toEqual([
      {
        bundle: 'checkout',
        revision: 'c1',
        manifestDigest: `sha256:${'a'.repeat(64)}`,
        paused: true,
        held: false,
      },
    ]);
  });

  test('are the same for the same content, and differ with a consent', () => {
    expect(encodeContent(base, []).digest).toBe(encodeContent({ ...base }, []).digest);
    expect(encodeContent(base, []).digest).not.toBe(encodeContent(base, ['cart']).digest);
  });
});

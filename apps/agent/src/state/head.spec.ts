import type { InventoryEntry } from '@muster/apply-plan';
import { describe, expect, it } from 'vitest';
import { decodeInventory, encodeInventory, parseHead, UnreadableStateError } from './head.ts';
import { storable } from './pack.ts';

describe("the agent's state", () => {
  it('reads its inventory back as it was', async () => {
    const entries: InventoryEntry[] = [
      { id: '/ConfigMap/a/b', bundle: 'web', apiVersion: 'v1', state: 'intended', adopted: true },
      {
        id: 'apps/Deployment/a/c',
        bundle: 'web',
        apiVersion: 'apps/v1',
        state: 'owned',
        uid: 'u',
        digest: 'sha256:1',
        resourceVersion: '7',
        fieldsHash: 'h',
        adopted: false,
      },
      {
        id: 'batch/Job/a/d',
        bundle: 'web',
        apiVersion: 'batch/v1',
        state: 'owned',
        uid: 'v',
        adopted: false,
        wave: -2,
        ended: true,
        hook: {
          manifest: 'sha256:2',
          runs: [{ phase: 'PreSync', state: 'failed', startedAt: 5, message: 'no', tail: 'the end' }],
        },
      },
    ];
    expect(decodeInventory(await encodeInventory(entries))).toEqual(entries);
  });

  it('reads the inventory of an agent that knew neither waves nor hooks', async () => {
    const rows = [['/ConfigMap/a/b', 'web', 'v1', 1, 'u', 'sha256:1', '7', 'h', 0]];
    expect(decodeInventory(await storable(Buffer.from(JSON.stringify(rows))))).toEqual([
      {
        id: '/ConfigMap/a/b',
        bundle: 'web',
        apiVersion: 'v1',
        state: 'owned',
        uid: 'u',
        digest: 'sha256:1',
        resourceVersion: '7',
        fieldsHash: 'h',
        adopted: false,
      },
    ]);
  });

  it('of a newer agent is refused rather than guessed at', () => {
    expect(() => parseHead('{"version":2}')).toThrow(UnreadableStateError);
  });
});

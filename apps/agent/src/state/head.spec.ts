import type { InventoryEntry } from '@muster/apply-plan';
import { describe, expect, it } from 'vitest';
import { decodeInventory, encodeInventory, parseHead, UnreadableStateError } from './head.ts';

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
    ];
    expect(decodeInventory(await encodeInventory(entries))).toEqual(entries);
  });

  it('of a newer agent is refused rather than guessed at', () => {
    expect(() => parseHead('{"version":2}')).toThrow(UnreadableStateError);
  });
});

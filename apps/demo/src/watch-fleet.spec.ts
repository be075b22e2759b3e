import type { Assignment, Revision } from '@muster/api';
import { expect, test, vi } from 'vitest';
import type { HubApi } from './hub-api.ts';
import { watchFleet } from './watch-fleet.ts';

const revision = (sha: string) =>
  ({ sha, state: 'Good', message: sha, problems: [], seenAt: '2026-11-21T12:00:00Z' }) as unknown as Revision;
const synced = (cluster: string) => ({ cluster, sync: 'Synced' }) as Assignment;

/** What the demo told of a commit that the hub plans after `plannedAfterMs`. */
async function newsOf(changed: readonly Assignment[], plannedAfterMs: number): Promise<string[]> {
  vi.useFakeTimers();
  const stop = new AbortController();
  const begun = performance.now();
  let looks = 0;
  const api = {
    revisions: async () => [revision(looks++ === 0 ? 'first' : 'second')],
    assignmentsOf: async () => (performance.now() - begun < plannedAfterMs ? [] : changed),
  } as unknown as HubApi;
  const told: string[] = [];
  const news = {
    revision: (it: Revision) => void told.push(it.sha),
    arrived: (_: Revision, clusters: number) => void told.push(`arrived on ${clusters}`),
    unchanged: () => void told.push('unchanged'),
  };
  const watching = watchFleet(api, news, stop.signal);
  await vi.advanceTimersByTimeAsync(10_000);
  stop.abort();
  await watching;
  vi.useRealTimers();
  return told;
}

test('a commit has arrived on the clusters that it changed, also where the hub takes a moment to plan it', async () => {
  expect(await newsOf([synced('a'), synced('b'), synced('a')], 1_000)).toEqual(['second', 'arrived on 2']);
});

test('a commit that changes nothing anywhere is told of as that', async () => {
  expect(await newsOf([], 0)).toEqual(['second', 'unchanged']);
});

import type { Revision } from '@muster/api';
import type { HubApi } from './hub-api.ts';

/** What the demo tells as it happens. */
export interface FleetNews {
  revision(revision: Revision): void;
  /** All that a revision changed has arrived: so many clusters, so long after the commit was seen. */
  arrived(revision: Revision, clusters: number, seconds: number): void;
  /** A revision says of every cluster what the one before said. */
  unchanged(revision: Revision): void;
}

const EVERY_MS = 100;
/** A revision is good before it is planned: what it changes is known soon after. */
const PLANNED_MS = 2_000;

/** Follows revisions until the signal aborts; a hub that is away is asked again. */
export async function watchFleet(api: HubApi, news: FleetNews, signal: AbortSignal): Promise<void> {
  const told = new Map((await api.revisions()).map((revision) => [revision.sha, revision.state]));
  let underWay: { readonly revision: Revision; readonly since: number } | undefined;

  while (!signal.aborted) {
    await pause(EVERY_MS, signal);
    try {
      const [newest] = await api.revisions();
      if (newest !== undefined && newest.state !== 'Resolving' && told.get(newest.sha) !== newest.state) {
        told.set(newest.sha, newest.state);
        news.revision(newest);
        underWay = newest.state === 'Good' ? { revision: newest, since: performance.now() } : undefined;
      }
      if (underWay === undefined) continue;
      const isPlanned = performance.now() - underWay.since >= PLANNED_MS;
      if (await hasArrived(api, underWay.revision, isPlanned, news)) underWay = undefined;
    } catch {
      // The hub is away for a moment: the tour kills it on purpose. What it knows is there when it is back.
    }
  }
}

/** An assignment names the commit that changed it last, so those of this commit are what it changed. */
async function hasArrived(
  api: HubApi,
  revision: Revision,
  isPlanned: boolean,
  news: FleetNews,
): Promise<boolean> {
  const changed = await api.assignmentsOf(revision.sha);
  if (!changed.every((assignment) => assignment.sync === 'Synced')) return false;
  const clusters = new Set(changed.map((assignment) => assignment.cluster)).size;
  if (clusters === 0) {
    if (isPlanned) news.unchanged(revision);
    return isPlanned;
  }
  news.arrived(revision, clusters, (Date.now() - Date.parse(revision.seenAt)) / 1000);
  return true;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

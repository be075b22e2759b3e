import type { Commit } from '../port.ts';

interface Found {
  readonly commit: Commit;
  /** Reachable from the former head too. */
  isOld: boolean;
}

/** Pushes bring a few commits; a branch that is merged after years brings no more than so many that are looked at. */
const limit = 1_000;
/** How much further what is old is walked, since the clocks of those who commit are not all right. */
const slack = 64;

/**
 * The commits that `head` has and `former` hasn't, the newest first, as `git rev-list former..head` finds them: from
 * both at once, always the newest by its date, until
 * nothing new can come. At most 1,000; fewer when `read` answers
 * `undefined`, where the history that is here ends.
 */
export async function commitsSince(
  read: (id: string) => Promise<Commit | undefined>,
  former: string,
  head: string,
): Promise<Commit[]> {
  const found = new Map<string, Found>();
  const queue: Found[] = [];
  const reach = async (id: string, isOld: boolean): Promise<void> => {
    const known = found.get(id);
    if (known !== undefined) {
      if (isOld && !known.isOld) markOld(known, found);
      return;
    }
    const commit = await read(id);
    if (commit === undefined) return;
    const reached = { commit, isOld };
    found.set(id, reached);
    queue.push(reached);
  };
  await reach(former, true);
  await reach(head, false);
  let left = slack;
  for (let steps = 0; steps < limit && queue.length > 0; steps++) {
    if (queue.every((it) => it.isOld) && left-- === 0) break;
    queue.sort((a, b) => a.commit.committedAt.getTime() - b.commit.committedAt.getTime());
    const { commit, isOld } = queue.pop()!;
    for (const parent of commit.parents) await reach(parent, isOld || found.get(commit.sha)!.isOld);
  }
  return [...found.values()]
    .filter((it) => !it.isOld)
    .map((it) => it.commit)
    .sort((a, b) => b.committedAt.getTime() - a.committedAt.getTime());
}

/** With all that was reached through it: dates may lie, and then what was taken for new turns out to be old. */
function markOld(from: Found, found: ReadonlyMap<string, Found>): void {
  const pending = [from];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    at.isOld = true;
    for (const parent of at.commit.parents) {
      const known = found.get(parent);
      if (known?.isOld === false) pending.push(known);
    }
  }
}

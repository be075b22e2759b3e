import 'reflect-metadata';
import type { Commit, GitSource } from '@muster/git-source';
import type { RevisionRepository, Store } from '@muster/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HubMetrics } from '../api/index.ts';
import type { HubConfig } from '../config/settings.ts';
import type { Leadership } from '../lifecycle/leadership.ts';
import { createLogger } from '../log.ts';
import type { PlannerService } from '../plan/planner.service.ts';
import { ResolveLane } from '../resolve/resolve-lane.ts';
import type { CommitToResolve, Resolved, ResolveService } from '../resolve/resolve.service.ts';
import { GitService } from './git.service.ts';

const head: Commit = {
  sha: 'a'.repeat(40),
  treeId: 't',
  parents: [],
  author: '',
  committedAt: new Date(0),
  message: '',
};

vi.mock('@muster/git-source', async (original) => ({
  ...(await original()),
  openGitSource: (): Partial<GitSource> => ({
    fetch: async () => head,
    isAncestor: async () => true,
    close: async () => undefined,
  }),
  watchLocalRepo: () => () => undefined,
}));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A hub whose one bundle may render or not, and a repo whose head stays. */
function service(outcomes: Resolved[]) {
  const resolved: CommitToResolve[] = [];
  let isSettled = true;
  const revisions = {
    repo: async () => undefined,
    setRepo: async () => undefined,
    newest: async () => (resolved.length === 0 ? undefined : { sha: head.sha, seq: 1n }),
    hasBundleOfInput: async () => !isSettled,
  };
  const resolver = {
    resolve: async (_: GitSource, what: CommitToResolve) => {
      resolved.push(what);
      const outcome = outcomes.shift()!;
      if (outcome.kind === 'good') isSettled = outcome.isSettled;
      return outcome;
    },
  };
  const plan = vi.fn(async () => undefined);
  const git = new GitService(
    {} as Store,
    revisions as unknown as RevisionRepository,
    resolver as unknown as ResolveService,
    new ResolveLane(),
    { plan } as unknown as PlannerService,
    { 'git-url': '/repo', 'git-ref': '', 'git-path': '' } as HubConfig,
    Date.now,
    createLogger('error', { write: () => undefined }),
    new HubMetrics(),
    { leads: true } as Leadership,
  );
  return { git, resolved, plan };
}

const unsettled: Resolved = { kind: 'good', isSettled: false };

test('a bundle that killed the render worker is tried again by itself, ever later, until it renders', async () => {
  const outcomes: Resolved[] = [
    unsettled,
    { kind: 'unchanged' },
    { kind: 'unchanged' },
    { kind: 'good', isSettled: true },
  ];
  const { git, resolved, plan } = service(outcomes);
  await git.look();
  await git.look();
  expect(resolved.map((it) => it.again)).toEqual([false]);
  for (const [seconds, tries] of [
    [9, 1],
    [1, 2],
    [19, 2],
    [1, 3],
    [39, 3],
    [1, 4],
  ] as const) {
    await vi.advanceTimersByTimeAsync(seconds * 1_000);
    expect(resolved).toHaveLength(tries);
  }
  expect(resolved.map((it) => it.again)).toEqual([false, true, true, true]);
  expect(plan).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(resolved).toHaveLength(4);
  await git.close();
});

test('nothing is tried again where all rendered, nor after the stop', async () => {
  const good = service([{ kind: 'good', isSettled: true }]);
  await good.git.look();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(good.resolved).toHaveLength(1);
  await good.git.close();
  const stopped = service([unsettled]);
  await stopped.git.look();
  await stopped.git.close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(stopped.resolved).toHaveLength(1);
});

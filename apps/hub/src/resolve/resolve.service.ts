import type { RepoProblem } from '@muster/api';
import { type Bundle, type FleetModel, policyOf } from '@muster/fleet-model';
import type { Commit, GitSource } from '@muster/git-source';
import { encodePolicy } from '@muster/manifest';
import type { Renderer } from '@muster/render';
import { advance, type BundleRollout, type ResolvedBundle, type RolloutState } from '@muster/rollout';
import { Inject, Injectable } from '@nestjs/common';
import {
  type BundleRow,
  ChangeRepository,
  ClusterRepository,
  ContentRepository,
  type NewestRevision,
  type NewEvent,
  RevisionRepository,
  type Sql,
  type Store,
} from '@muster/store';
import type { HubIdentity } from '../bootstrap/identity.ts';
import type { HubConfig } from '../config/settings.ts';
import { ContentStore } from '../content/content-store.ts';
import { rolloutState } from '../plan/planner.service.ts';
import { CLOCK, type Clock, CONFIG, IDENTITY, LOGGER, type Logger, RENDERER, STORE } from '../tokens.ts';
import { BundleResolver, type BundleResult, unsettled } from './bundle-resolver.ts';
import { inRepo, summary } from './problems.ts';
import { isSameStored } from './same-stored.ts';
import { readFleet } from './read-fleet.ts';
import { allowedDeletions } from './trailers.ts';

export type Resolved =
  /** `isSettled` false: a bundle failed for a reason that may pass, and is to be tried again. */
  | { readonly kind: 'good'; readonly isSettled: boolean }
  | { readonly kind: 'refused'; readonly problems: readonly RepoProblem[] }
  /** What was tried again failed again; nothing is stored. */
  | { readonly kind: 'unchanged' };

export interface CommitToResolve {
  readonly commit: Commit;
  readonly seenAt: Date;
  /** The revision that was the newest when the commit was fetched. */
  readonly newest: NewestRevision | undefined;
  /** It was resolved before, and bundles that may render by now are tried again. */
  readonly again: boolean;
}

/** So many of a revision's failing bundles are named in its row. */
const keptFailures = 20;

interface ResolvedCommit extends CommitToResolve {
  /** The bundles as they were stored when resolving began. */
  readonly former: ReadonlyMap<string, BundleRow>;
  readonly model: FleetModel;
  readonly results: readonly BundleResult[];
  /** Bundles whose deletions the commits consent to. */
  readonly allowed: readonly string[];
}

/** Turns a commit into what plans are made from: bundles with their manifests, groups, declared clusters. */
@Injectable()
export class ResolveService {
  readonly #store: Store;
  readonly #contents: ContentStore;
  readonly #identity: HubIdentity;
  readonly #renderer: Renderer;
  readonly #config: HubConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    @Inject(STORE) store: Store,
    @Inject(ContentStore) contents: ContentStore,
    @Inject(IDENTITY) identity: HubIdentity,
    @Inject(RENDERER) renderer: Renderer,
    @Inject(CONFIG) config: HubConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#contents = contents;
    this.#identity = identity;
    this.#renderer = renderer;
    this.#config = config;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Stores the commit as the newest revision, unless it is resolved again with no other outcome. One that does not parse is stored as refused and changes nothing else.
   * Rejects with `GitError` or `RenderWorkerError` when it could not be read or rendered for a reason that isn't its,
   * and with `RevisionSupersededError` when another revision than `newest` became the newest meanwhile.
   */
  async resolve(git: GitSource, what: CommitToResolve): Promise<Resolved> {
    const { commit, seenAt, newest } = what;
    const folder = this.#config['git-path'];
    const fleet = await readFleet(git, commit, folder);
    if (fleet.kind === 'refused') {
      if (what.again) return { kind: 'unchanged' };
      await this.#store.sql.transaction(async (sql) => {
        const revisions = new RevisionRepository(sql);
        await revisions.fence(newest);
        await revisions.addRefused(commit, fleet.problems, seenAt);
      });
      this.#logger.warn({ revision: commit.sha }, `refused a commit: ${summary(fleet.problems)}`);
      return fleet;
    }
    const former = new Map(
      (await new RevisionRepository(this.#store.sql).bundles()).map((row) => [row.name, row]),
    );
    const resolver = new BundleResolver({
      git,
      folder,
      rootTree: fleet.rootTree,
      renderer: this.#renderer,
      contents: new ContentRepository(this.#store.sql),
      sealer: {
        digest: (data) => this.#identity.dataKey.digest(data),
        sealed: (digest, data) => this.#contents.sealed(digest, data),
      },
    });
    const results = await resolver.resolveAll(fleet.model.bundles, former);
    if (what.again && !results.some((it) => isRecovered(it, former.get(it.bundle.name))))
      return { kind: 'unchanged' };
    const allowed = await this.#allowedDeletions(git, commit);
    await this.#save({ ...what, former, model: fleet.model, results, allowed });
    this.#contents.remember(results.flatMap((it) => (it.rendered === undefined ? [] : rowsOf(it.rendered))));
    return { kind: 'good', isSettled: results.every((it) => it.inputKey !== unsettled) };
  }

  /**
   * By the trailers of every commit that the newest good revision does not have: pushes bring several at once, and a
   * commit that was refused changed nothing yet. Of a rewritten branch, whose commits are no changes to what was
   * there, the head alone counts.
   */
  async #allowedDeletions(git: GitSource, head: Commit): Promise<string[]> {
    const good = (await new RevisionRepository(this.#store.sql).fleet())?.revision;
    const isFollowed = good !== undefined && good !== head.sha && (await git.isAncestor(good, head.sha));
    const commits = isFollowed ? await git.commitsSince(good, head.sha) : [head];
    return [...new Set(commits.flatMap((it) => allowedDeletions(it.message)))];
  }

  async #save({ commit, seenAt, newest, former, model, results, allowed }: ResolvedCommit): Promise<void> {
    await this.#store.sql.transaction(async (sql) => {
      const revisions = new RevisionRepository(sql);
      await revisions.fence(newest);
      const before = rolloutState((await revisions.fleet())?.revision, [...former.values()]);
      const bundles = results.map(resolvedBundle);
      const step = advance(
        before,
        { kind: 'RevisionResolved', revision: commit.sha, bundles, groups: model.groups },
        this.#clock(),
      );
      const rows = results.map((result) => bundleRow(result, step.state, former.get(result.bundle.name)));
      const failing = results.filter((it) => it.problems.length > 0);

      await this.#saveContents(sql, results);
      await revisions.addResolving(commit, seenAt, {
        total: results.length,
        failing: failing.length,
        failures: failing
          .slice(0, keptFailures)
          .map(({ bundle, problems }) => ({ bundle: bundle.name, message: summary(problems) })),
      });
      const changed = rows.filter((row) => !isSameStored(row, former.get(row.name)));
      const present = new Set(rows.map((row) => row.name));
      const removed = [...former.keys()].filter((name) => !present.has(name));
      await revisions.saveBundles(changed, removed);
      await revisions.setFleet(commit.sha, model.groups);
      await new ClusterRepository(sql).declare(declaredRows(model, this.#config['git-path']));
      const changes = new ChangeRepository(sql);
      await changes.consentByCommit(allowed, `commit ${commit.sha}`);
      await changes.addEvents(eventsOf(commit, step.effects));
    });
  }

  async #saveContents(sql: Sql, results: readonly BundleResult[]): Promise<void> {
    const rendered = results.flatMap((it) => (it.rendered === undefined ? [] : [it]));
    if (rendered.length === 0) return;
    const contents = new ContentRepository(sql);
    const objects = new Map(
      rendered.flatMap((it) => it.rendered!.objects.map((row) => [row.digest, row] as const)),
    );
    const missing = await contents.missingObjects([...objects.keys()]);
    await contents.addObjects([...objects.values()].filter((row) => missing.has(row.digest)));
    const manifests = new Map(rendered.map((it) => [it.rendered!.manifest.digest, it.rendered!.manifest]));
    const renderings = new Map(rendered.map((it) => [it.inputKey, it.rendered!.manifest.digest]));
    await contents.addRenderings(
      [...manifests.values()],
      [...renderings].map(([inputKey, manifestDigest]) => ({ inputKey, manifestDigest })),
    );
  }
}

/** It failed for a reason that passed. */
function isRecovered(result: BundleResult, before: BundleRow | undefined): boolean {
  return before?.inputKey === unsettled && result.inputKey !== unsettled;
}

function rowsOf({ manifest, objects }: NonNullable<BundleResult['rendered']>) {
  return [...objects, { digest: manifest.digest, sealed: false, data: manifest.data }];
}

function policyBytes(bundle: Bundle): Buffer {
  return Buffer.from(encodePolicy(policyOf(bundle)));
}

/** Names what assignments of the bundle are made from: its manifest and its policy, of which either may change alone. */
function contentName(manifestDigest: string, bundle: Bundle): string {
  return `${manifestDigest} ${policyBytes(bundle).toString()}`;
}

function resolvedBundle(result: BundleResult): ResolvedBundle {
  const { bundle, manifestDigest, problems } = result;
  return manifestDigest === undefined
    ? { bundle, outcome: 'failed', reason: summary(problems) }
    : { bundle, outcome: 'rendered', content: contentName(manifestDigest, bundle) };
}

function bundleRow(result: BundleResult, state: RolloutState, former: BundleRow | undefined): BundleRow {
  const { bundle, manifestDigest } = result;
  const rollout: BundleRollout = state.bundles[bundle.name] ?? {};
  const isGood = manifestDigest !== undefined;
  return {
    name: bundle.name,
    labels: bundle.labels,
    spec: bundle,
    inputKey: result.inputKey,
    problems: result.problems,
    rollout,
    goodRevision: rollout.good?.revision,
    manifestDigest: isGood ? manifestDigest : former?.manifestDigest,
    policy: isGood ? policyBytes(bundle) : former?.policy,
    objectCount: isGood ? result.objectCount : (former?.objectCount ?? 0),
  };
}

function declaredRows(model: FleetModel, folder: string) {
  return model.clusters.map(({ name, labels, annotations, definedIn }) => ({
    name,
    labels,
    declared: { annotations, definedIn: { ...definedIn, file: inRepo(folder, definedIn.file) } },
  }));
}

function eventsOf(commit: Commit, effects: ReturnType<typeof advance>['effects']): NewEvent[] {
  const by = `commit ${commit.sha}`;
  return effects.map((effect): NewEvent => {
    const { bundle } = effect;
    switch (effect.kind) {
      case 'Advanced':
        return { by, kind: 'BundleAdvanced', bundle, message: `bundle ${bundle} is now at ${effect.to}` };
      case 'Held':
        return {
          by,
          kind: 'BundleHeld',
          bundle,
          message: `bundle ${bundle} does not render: ${effect.reason}`,
        };
      case 'Recovered':
        return { by, kind: 'BundleRecovered', bundle, message: `bundle ${bundle} renders again` };
      case 'Left':
        return { by, kind: 'BundleLeft', bundle, message: `bundle ${bundle} left the fleet repo` };
    }
  });
}

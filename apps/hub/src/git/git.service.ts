import {
  type Commit,
  GitError,
  type GitSource,
  openGitSource,
  watchLocalRepo,
  withoutCredentials,
} from '@muster/git-source';
import { Inject, Injectable } from '@nestjs/common';
import {
  ChangeRepository,
  type NewestRevision,
  type RepoState,
  RevisionRepository,
  RevisionSupersededError,
  type Store,
} from '@muster/store';
import { HubMetrics } from '../api/index.ts';
import type { HubConfig } from '../config/settings.ts';
import { Coalescer } from '../lifecycle/lane.ts';
import { Leadership } from '../lifecycle/leadership.ts';
import { Retry } from '../lifecycle/retry.ts';
import { PlannerService } from '../plan/planner.service.ts';
import { unsettled } from '../resolve/bundle-resolver.ts';
import { ResolveLane } from '../resolve/resolve-lane.ts';
import { ResolveService } from '../resolve/resolve.service.ts';
import { CLOCK, type Clock, CONFIG, LOGGER, type Logger, STORE } from '../tokens.ts';

/** A source that kills the worker will mostly do so again; a machine that was short of memory will not. */
const retryDelays = { firstMs: 10_000, longestMs: 600_000 };

/**
 * Follows the fleet repo: looks at it, resolves a commit that is new, has desired states planned. What is away or
 * broken is told by the status; what was resolved last stays in force.
 */
@Injectable()
export class GitService {
  readonly #store: Store;
  readonly #revisions: RevisionRepository;
  readonly #resolver: ResolveService;
  readonly #lane: ResolveLane;
  readonly #planner: PlannerService;
  readonly #config: HubConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: HubMetrics;
  readonly #leadership: Leadership;
  readonly #looks = new Coalescer(() => this.#look());
  readonly #stop = new AbortController();
  readonly #retry = new Retry(() => {
    this.#isRetryDue = true;
    void this.look();
  }, retryDelays);
  /** Also at the start: an earlier hub may have left it. */
  #isRetryDue = true;
  #source: GitSource | undefined;
  #unwatch: (() => void) | undefined;
  #state: RepoState | undefined;
  #newest: NewestRevision | undefined;
  #listener: () => void = () => undefined;

  constructor(
    @Inject(STORE) store: Store,
    @Inject(RevisionRepository) revisions: RevisionRepository,
    @Inject(ResolveService) resolver: ResolveService,
    @Inject(ResolveLane) lane: ResolveLane,
    @Inject(PlannerService) planner: PlannerService,
    @Inject(CONFIG) config: HubConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Inject(HubMetrics) metrics: HubMetrics,
    @Inject(Leadership) leadership: Leadership,
  ) {
    this.#store = store;
    this.#revisions = revisions;
    this.#resolver = resolver;
    this.#lane = lane;
    this.#planner = planner;
    this.#config = config;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#leadership = leadership;
  }

  /** Hears that the repo was looked at with a new outcome. */
  onChanged(listener: () => void): void {
    this.#listener = listener;
  }

  /** The newest commit that was resolved, good or refused. */
  get resolvedSha(): string | undefined {
    return this.#newest?.sha;
  }

  /** Looks at the repo now, if this replica leads. Resolves when what was found is planned; never rejects: the status tells. */
  look(): Promise<void> {
    return this.#looks.run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#retry.stop();
    this.#unwatch?.();
    await this.#looks.idle();
    await this.#source?.close();
  }

  async #look(): Promise<void> {
    const url = this.#config['git-url'];
    // Also what wakes it by itself, a change of a local repo or a try that is due, is for who leads by now.
    if (url === undefined || this.#stop.signal.aborted || !this.#leadership.leads) return;
    const seenAt = new Date(this.#clock());
    try {
      const source = (this.#source ??= this.#open(url));
      this.#state ??= await this.#revisions.repo();
      // Another replica may have led meanwhile. Read before the fetch: what is fetched is never older than it.
      this.#newest = await this.#revisions.newest();
      this.#unwatch ??= watchLocalRepo({ url, ref: this.#config['git-ref'] }, () => void this.look());
      const commit = await source.fetch({ signal: this.#stop.signal });
      await this.#follow(source, commit, seenAt);
      await this.#remember(
        { head: commit.sha, fetchedAt: seenAt, error: undefined, errorSince: undefined },
        url,
      );
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (error instanceof RevisionSupersededError) {
        this.#logger.info(`what was resolved came too late: ${error.message}`);
        return;
      }
      const message =
        error instanceof GitError
          ? error.message
          : `the newest commit could not be resolved: ${String(error)}`;
      if (!(error instanceof GitError)) this.#logger.error({ err: error }, 'a commit could not be resolved');
      await this.#rememberFailure(message, seenAt, url);
    }
  }

  #open(url: string): GitSource {
    const {
      'git-ref': ref,
      'git-token': token,
      'git-token-file': tokenFile,
      'git-username': username,
    } = this.#config;
    return openGitSource({
      dataDir: this.#config.data,
      remote: {
        url,
        ref,
        ...(token !== undefined && { token }),
        ...(tokenFile !== undefined && { tokenFile }),
        ...(username !== undefined && { username }),
      },
    });
  }

  async #follow(source: GitSource, commit: Commit, seenAt: Date): Promise<void> {
    const former = this.#newest?.sha;
    const again = commit.sha === former && this.#isFollowedAsBefore();
    if (again && !(await this.#hasToRetry())) return;
    if (former !== undefined && !(await source.isAncestor(former, commit.sha)))
      await this.#noteRewrite(former, commit);
    this.#logger.info({ revision: commit.sha }, again ? 'trying bundles again' : 'a new commit');
    const newest = this.#newest;
    const resolved = await this.#lane.run(() =>
      this.#resolver.resolve(source, { commit, seenAt, newest, again }),
    );
    this.#isRetryDue = false;
    if (resolved.kind === 'unchanged') return this.#retry.failed();
    this.#retry.succeeded();
    if (resolved.kind === 'good' && !resolved.isSettled) this.#retry.failed();
    this.#newest = await this.#revisions.newest();
    this.#metrics.revisions.inc({ state: resolved.kind === 'good' ? 'Good' : 'Refused' });
    if (resolved.kind === 'good') await this.#planner.plan();
    this.#listener();
  }

  /** Whether it is time to try bundles again that failed for a reason that may have passed. */
  async #hasToRetry(): Promise<boolean> {
    return this.#isRetryDue && (this.#isRetryDue = await this.#revisions.hasBundleOfInput(unsettled));
  }

  /** False when the hub was told to read another folder than the one that it read last. */
  #isFollowedAsBefore(): boolean {
    return this.#state === undefined || this.#state.path === this.#config['git-path'];
  }

  /** What a branch is, Git says: a rewritten one is followed, and told of. */
  async #noteRewrite(former: string, commit: Commit): Promise<void> {
    const message = `the branch was rewritten: ${commit.sha} does not follow ${former}`;
    this.#logger.warn({ revision: commit.sha, former }, message);
    await new ChangeRepository(this.#store.sql).addEvents([
      { by: `commit ${commit.sha}`, kind: 'BranchRewritten', message },
    ]);
  }

  async #rememberFailure(message: string, at: Date, url: string): Promise<void> {
    if (this.#state?.error !== message) this.#logger.warn(message);
    const errorSince = this.#state?.errorSince ?? at;
    try {
      await this.#remember({ error: message, errorSince }, url);
    } catch (error) {
      this.#logger.error({ err: error }, 'the state of the fleet repo could not be stored');
    }
  }

  /** Written when it says something new, and now and then to show that the repo is still looked at. */
  async #remember(now: Partial<RepoState>, url: string): Promise<void> {
    const before = this.#state;
    const state: RepoState = {
      head: before?.head,
      fetchedAt: before?.fetchedAt,
      error: undefined,
      errorSince: undefined,
      ...now,
      url: withoutCredentials(url),
      ref: this.#config['git-ref'],
      path: this.#config['git-path'],
    };
    this.#state = state;
    await this.#revisions.setRepo(state);
    if (before?.error !== state.error || before?.head !== state.head) this.#listener();
  }
}

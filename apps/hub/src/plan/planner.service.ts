import { Inject, Injectable } from '@nestjs/common';
import type { Bundle, ClusterGroup } from '@muster/fleet-model';
import { type BundleRollout, createPinner, type RolloutState } from '@muster/rollout';
import {
  type BundleRow,
  HubRepository,
  type PauseRow,
  type PlannedCluster,
  PlanFencedError,
  PlanRepository,
  RevisionRepository,
  type Sql,
  type Store,
} from '@muster/store';
import { HubMetrics } from '../api/index.ts';
import type { HubConfig } from '../config/settings.ts';
import { Coalescer, Lane } from '../lifecycle/lane.ts';
import { Retry } from '../lifecycle/retry.ts';
import { CONFIG, LOGGER, type Logger, STORE } from '../tokens.ts';
import { assignmentChanges, type Assignments } from './assignment-changes.ts';
import { type BundleContent, decidePlan, type PlanInput } from './decide-plan.ts';
import { assignmentsOf, bundlesIn } from './desired-content.ts';
import { DesiredStates } from './desired-states.ts';

/** Each loses its turn to another that then planned: more than a few times in a row says that something is broken. */
const maxFencedAttempts = 20;

/**
 * Brings the stored desired states to what the newest good revision, the labels, the pauses and the consents say. One
 * plan at a time, all triggers that come meanwhile share the next. Whoever plans at the same time elsewhere is fenced
 * off by compare-and-set, so that a plan is stored from exactly what it was made from, or not at all. A plan that could
 * not be stored is owed: it is tried again until one is.
 */
@Injectable()
export class PlannerService {
  readonly #plans: PlanRepository;
  readonly #store: Store;
  readonly #desired: DesiredStates;
  readonly #config: HubConfig;
  readonly #logger: Logger;
  readonly #metrics: HubMetrics;
  readonly #lane = new Lane();
  readonly #coalescer = new Coalescer(() => this.#lane.run(() => this.#planOrOwe()));
  readonly #retry = new Retry(() => this.#planOwed());
  #listener: (clusterIds: readonly string[]) => void = () => undefined;

  constructor(
    @Inject(PlanRepository) plans: PlanRepository,
    @Inject(STORE) store: Store,
    @Inject(DesiredStates) desired: DesiredStates,
    @Inject(CONFIG) config: HubConfig,
    @Inject(LOGGER) logger: Logger,
    @Inject(HubMetrics) metrics: HubMetrics,
  ) {
    this.#plans = plans;
    this.#store = store;
    this.#desired = desired;
    this.#config = config;
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** Hears which clusters' desired states changed, once they are durable. */
  onStored(listener: (clusterIds: readonly string[]) => void): void {
    this.#listener = listener;
  }

  /** Resolves when desired states are stored that follow from everything that was stored before this call. */
  plan(): Promise<void> {
    return this.#coalescer.run();
  }

  /** Runs work that must not meet a plan. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#lane.run(work);
  }

  /** Resolves when the last plan has ended; what is owed then is for whoever plans next. */
  close(): Promise<void> {
    this.#retry.stop();
    return this.#coalescer.idle();
  }

  async #planOrOwe(): Promise<void> {
    try {
      await this.#planUntilStored();
      this.#retry.succeeded();
    } catch (error) {
      this.#retry.failed();
      throw error;
    }
  }

  #planOwed(): void {
    this.plan().catch((error: unknown) => this.#logger.error({ err: error }, 'planning again failed'));
  }

  async #planUntilStored(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#timed(() => this.#planOnce());
      } catch (error) {
        if (!(error instanceof PlanFencedError) || attempt === maxFencedAttempts) throw error;
        this.#logger.debug({ attempt, reason: error.message }, 'planning anew');
      }
    }
  }

  async #timed(plan: () => Promise<void>): Promise<void> {
    const stop = this.#metrics.planSeconds.startTimer();
    await plan();
    stop();
  }

  async #planOnce(): Promise<void> {
    const input = await this.#input();
    const plan = decidePlan(input);
    if (plan.changes.length === 0 && plan.consumedConsents.length === 0 && !input.hasResolving) return;
    const formerContents = new Map(
      input.clusters.map((cluster) => [cluster.id, cluster.desired?.contentDigest ?? ''] as const),
    );
    const assignments = await this.#assignmentsOf(
      plan.changes.flatMap((change) => formerContents.get(change.clusterId) ?? []),
      plan.contents.values(),
    );
    const contents = [...plan.contents.values()];
    const seq = await this.#plans.store({
      contents,
      changes: plan.changes,
      assignments: assignmentChanges(
        plan.changes,
        formerContents,
        (digest) => assignments.get(digest) ?? new Map(),
      ),
      consumedConsents: plan.consumedConsents,
      revisionSeq: input.revisionSeq,
      after: input.planSeq,
    });
    this.#desired.stored(new Map(plan.changes.map((it) => [it.clusterId, it.next])), contents, seq);
    if (plan.changes.length === 0) return;
    this.#logger.info(
      { clusters: plan.changes.length, contents: contents.length },
      'stored new desired states',
    );
    this.#listener(plan.changes.map((it) => it.clusterId));
  }

  async #input(): Promise<PlanInput & Pick<Read, 'planSeq' | 'revisionSeq' | 'hasResolving'>> {
    const { planSeq, revisionSeq, hasResolving, ...read } = await this.#store.sql.snapshot(readInput);
    const { epoch, clusters, bundles, fleet, pauses, consents, withBundles } = read;
    const contents = new Map(bundles.map((row) => [row.name, contentOf(row)]));
    const model = {
      bundles: bundles.map((row) => row.spec as Bundle),
      groups: (fleet?.groups ?? []) as ClusterGroup[],
    };
    return {
      planSeq,
      revisionSeq,
      hasResolving,
      epoch,
      clusters,
      pinsFor: createPinner(rolloutState(fleet?.revision, bundles), model),
      contentOf: (name) => contents.get(name)!,
      pauses,
      consents,
      clustersOf: (name) => withBundles.get(name) ?? new Set(),
      bundlesIn: await this.#bundlesIn(pauses, clusters),
      deletionGuard: { maxPercent: this.#config['guard-percent'], maxObjects: this.#config['guard-objects'] },
    };
  }

  /** Only where bundles are paused does anybody ask what clusters were told before. */
  async #bundlesIn(
    pauses: readonly PauseRow[],
    clusters: readonly PlannedCluster[],
  ): Promise<PlanInput['bundlesIn']> {
    const known = new Map<string, ReadonlySet<string>>();
    if (pauses.some((it) => it.scope === 'Bundle')) {
      for (const digest of new Set(clusters.map((it) => it.desired?.contentDigest ?? '')))
        if (digest !== '') known.set(digest, bundlesIn(await this.#desired.content(digest)));
    }
    return (digest) => known.get(digest) ?? new Set();
  }

  async #assignmentsOf(
    formerDigests: readonly string[],
    contents: Iterable<{ readonly digest: string; readonly data: Buffer }>,
  ): Promise<Map<string, Assignments>> {
    const assignments = new Map<string, Assignments>();
    for (const { digest, data } of contents) assignments.set(digest, assignmentsOf(data));
    for (const digest of new Set(formerDigests)) {
      if (digest !== '' && !assignments.has(digest)) {
        assignments.set(digest, assignmentsOf(await this.#desired.content(digest)));
      }
    }
    return assignments;
  }
}

type Read = Awaited<ReturnType<typeof readInput>>;

/** All that a plan is made from, as of one moment: a consent is never spent on a revision that isn't there yet. */
async function readInput(sql: Sql) {
  const plans = new PlanRepository(sql);
  const revisions = new RevisionRepository(sql);
  const { epoch } = await new HubRepository(sql).hub();
  const consents = await plans.consents();
  const pauses = await plans.pauses();
  const named = new Set([
    ...consents.filter((it) => it.clusterId === undefined).map((it) => it.bundle),
    ...pauses.filter((it) => it.scope === 'Bundle').map((it) => it.name),
  ]);
  return {
    epoch,
    consents,
    planSeq: await plans.planSeq(),
    revisionSeq: await plans.revisionSeq(),
    hasResolving: await plans.hasResolving(),
    clusters: await plans.clusters(),
    bundles: await revisions.bundles(),
    fleet: await revisions.fleet(),
    pauses,
    withBundles:
      named.size === 0 ? new Map<string, Set<string>>() : await plans.clustersWithBundles([...named]),
  };
}

/** The rollouts of all bundles, as they are stored beside each. */
export function rolloutState(revision: string | undefined, bundles: readonly BundleRow[]): RolloutState {
  return {
    ...(revision !== undefined && { revision }),
    bundles: Object.fromEntries(bundles.map((row) => [row.name, row.rollout as BundleRollout])),
  };
}

function contentOf(row: BundleRow): BundleContent {
  return { manifestDigest: row.manifestDigest ?? '', policy: row.policy ?? new Uint8Array() };
}

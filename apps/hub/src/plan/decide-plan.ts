import type { DeletionGuard } from '@muster/manifest';
import type { ClusterPins } from '@muster/rollout';
import type { ConsentRow, DesiredChange, DesiredRow, PauseRow, PlannedCluster } from '@muster/store';
import { type DesiredBase, type DesiredContent, encodeContent } from './desired-content.ts';

/** What a pinned bundle rendered to. */
export interface BundleContent {
  readonly manifestDigest: string;
  readonly policy: Uint8Array;
}

export interface PlanInput {
  readonly epoch: bigint;
  readonly clusters: readonly PlannedCluster[];
  readonly pinsFor: (labels: Readonly<Record<string, string>>) => ClusterPins;
  readonly contentOf: (bundle: string) => BundleContent;
  readonly pauses: readonly PauseRow[];
  readonly consents: readonly ConsentRow[];
  /** The clusters that have, or lately had, a bundle that a commit's consent or a pause names. */
  readonly clustersOf: (bundle: string) => ReadonlySet<string>;
  readonly deletionGuard: DeletionGuard;
  /** The bundles that a stored content assigns, or says to have left while they are paused. */
  readonly bundlesIn: (contentDigest: string) => ReadonlySet<string>;
}

export interface DecidedPlan {
  readonly contents: ReadonlyMap<string, DesiredContent>;
  readonly changes: readonly DesiredChange[];
  /** All of those that came in: what isn't in a desired state now has lapsed. */
  readonly consumedConsents: readonly string[];
}

/**
 * Every cluster's desired state, and which of them differ from the stored ones. A cluster of which nothing differs is
 * left alone; one whose epoch is behind gets its state anew.
 */
export function decidePlan(input: PlanInput): DecidedPlan {
  const bases = new BaseFactory(input);
  const contents = new Map<string, DesiredContent>();
  const changes: DesiredChange[] = [];
  for (const cluster of input.clusters) {
    const base = bases.baseOf(cluster);
    const plain = base.content([]);
    const { desired } = cluster;
    const isBaseNew = desired?.baseDigest !== plain.digest;
    const consents = [
      ...new Set([...(cluster.removing ?? []), ...consentsOf(cluster, isBaseNew, input)]),
    ].sort();
    const content = consents.length === 0 ? plain : base.content(consents);
    if (desired?.contentDigest === content.digest && desired.epoch === input.epoch) continue;
    contents.set(content.digest, content);
    changes.push({
      clusterId: cluster.id,
      former: desired && { epoch: desired.epoch, generation: desired.generation },
      next: nextRow(input.epoch, desired, isBaseNew, content.digest, plain.digest, consents),
    });
  }
  return { contents, changes, consumedConsents: input.consents.map((it) => it.id) };
}

function nextRow(
  epoch: bigint,
  desired: DesiredRow | undefined,
  isBaseNew: boolean,
  contentDigest: string,
  baseDigest: string,
  consents: readonly string[],
): DesiredRow {
  const generation = (desired?.generation ?? 0n) + 1n;
  return {
    epoch,
    generation,
    contentDigest,
    baseDigest,
    baseGeneration: isBaseNew || desired === undefined ? generation : desired.baseGeneration,
    consents,
  };
}

/**
 * The consents of a cluster's state. Those that it has lapse with the next change. A commit's count for the
 * change that it makes; a person's only if nothing changed since it was given, for it was given to what was there.
 */
function consentsOf(cluster: PlannedCluster, isBaseNew: boolean, input: PlanInput): string[] {
  const given = new Set<string>(isBaseNew ? [] : cluster.desired?.consents);
  for (const consent of input.consents) {
    const counts =
      consent.clusterId === undefined
        ? input.clustersOf(consent.bundle).has(cluster.id)
        : consent.clusterId === cluster.id &&
          !isBaseNew &&
          consent.generation >= (cluster.desired?.baseGeneration ?? 0n);
    if (counts) given.add(consent.bundle);
  }
  return [...given];
}

/** Of a cluster that leaves the fleet: nothing that is yet to come is waited for. */
const noPins: ClusterPins = { pins: [], holds: [] };

/** Makes and encodes each distinct content once, however many clusters share it. */
class BaseFactory {
  readonly #input: PlanInput;
  readonly #isAllPaused: boolean;
  readonly #pausedClusters: ReadonlySet<string>;
  readonly #pausedBundles: ReadonlySet<string>;
  readonly #known = new Map<ClusterPins, Map<string, EncodedBase>>();

  constructor(input: PlanInput) {
    this.#input = input;
    const names = (scope: PauseRow['scope']) =>
      new Set(input.pauses.filter((it) => it.scope === scope).map((it) => it.name));
    this.#isAllPaused = input.pauses.some((it) => it.scope === 'All');
    this.#pausedClusters = names('Cluster');
    this.#pausedBundles = names('Bundle');
  }

  baseOf(cluster: PlannedCluster): EncodedBase {
    // Clusters that no selector tells apart get one and the same answer.
    const pins = cluster.removing === undefined ? this.#input.pinsFor(cluster.labels) : noPins;
    const paused = this.#isAllPaused || this.#pausedClusters.has(cluster.name);
    const pausedLeaving = this.#pausedLeaving(cluster, pins);
    const key = [paused, ...pausedLeaving].join(' ');
    let byPause = this.#known.get(pins);
    if (byPause === undefined) this.#known.set(pins, (byPause = new Map<string, EncodedBase>()));
    let base = byPause.get(key);
    if (base === undefined)
      byPause.set(key, (base = new EncodedBase(this.#base(pins, paused, pausedLeaving))));
    return base;
  }

  /**
   * A pause outlasts its bundle: what remains of one that left the cluster while it was paused is left alone until
   * somebody resumes it. By what the cluster was last told, and by what it still reports.
   */
  #pausedLeaving(cluster: PlannedCluster, pins: ClusterPins): string[] {
    if (this.#pausedBundles.size === 0) return [];
    const assigned = new Set(pins.pins.map((it) => it.bundle));
    const { contentDigest } = cluster.desired ?? { contentDigest: '' };
    return [...this.#pausedBundles]
      .filter((bundle) => !assigned.has(bundle))
      .filter(
        (bundle) =>
          this.#input.bundlesIn(contentDigest).has(bundle) || this.#input.clustersOf(bundle).has(cluster.id),
      )
      .sort();
  }

  #base(pins: ClusterPins, paused: boolean, pausedLeaving: readonly string[]): DesiredBase {
    const held = new Set(pins.holds.map((it) => it.bundle));
    return {
      assignments: pins.pins.map(({ bundle, good }) => ({
        bundle,
        revision: good.revision,
        paused: this.#pausedBundles.has(bundle),
        held: held.has(bundle),
        ...this.#input.contentOf(bundle),
      })),
      paused,
      pruneHolds: pins.holds,
      deletionGuard: this.#input.deletionGuard,
      pausedLeaving,
    };
  }
}

class EncodedBase {
  readonly #base: DesiredBase;
  readonly #contents = new Map<string, DesiredContent>();

  constructor(base: DesiredBase) {
    this.#base = base;
  }

  content(consents: readonly string[]): DesiredContent {
    const key = consents.join();
    let content = this.#contents.get(key);
    if (content === undefined) this.#contents.set(key, (content = encodeContent(this.#base, consents)));
    return content;
  }
}

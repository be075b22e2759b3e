import { compareVersions, formatVersion } from '@muster/manifest';
import type { DesiredState, Version } from '@muster/manifest';
import type { KubeClient } from '@muster/kube';
import { decodeDesiredState } from '../hub-link/index.ts';
import type { AgentCore, ClusterFacts, HeldState, OfferedState, OfferOutcome } from '../hub-port.ts';
import { Inspector } from '../inspect/inspector.ts';
import type { Finding, Inspection } from '../inspect/model.ts';
import { errorText } from '../log.ts';
import type { Log } from '../log.ts';
import { namespaces } from '../resources.ts';
import type { ClusterState, HeadContent } from '../state/cluster-state.ts';
import type { AssignmentStatus } from '../status/model.ts';
import type { StatusBook } from '../status/book.ts';
import { digestsOf, InvalidOfferError, isWhole, stateDigest, takeIn } from './intake.ts';
import type { Kinds } from './kinds.ts';
import type { Reconciler } from './reconciler.ts';
import type { Before } from './leaving.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';

export interface CoreOptions {
  readonly kube: KubeClient;
  readonly state: ClusterState;
  readonly kinds: Kinds;
  readonly reconciler: Reconciler;
  readonly statuses: StatusBook;
  readonly log: Log;
  readonly onRemoved: (reason: string) => void;
}

/** The agent as its link sees it: what it holds, what it is offered, what it tells. */
export class ClusterCore implements AgentCore {
  readonly #o: CoreOptions;
  readonly #inspector: Inspector;
  #held: { readonly version: Version; readonly digest: Uint8Array; readonly state: DesiredState } | undefined;
  /** The last that the reconciler was given, durable or not. */
  #target: Target | undefined;
  #fetching: AbortController | undefined;
  #intake: Promise<unknown> = Promise.resolve();
  #clusterUid: string | undefined;

  constructor(options: CoreOptions) {
    this.#o = options;
    const { kube, kinds, reconciler, state } = options;
    this.#inspector = new Inspector({ kube, kinds, blobs: state.blobs, view: () => reconciler.view() });
  }

  /** Goes on with what the cluster's own state says, with or without a hub. */
  resume(): void {
    const { state, reconciler, log } = this.#o;
    const { content } = state;
    if (!content?.desired) return;
    const bytes = state.blobs.read(`sha256:${content.desired}`);
    const desired = bytes && decodeDesiredState(bytes);
    if (!desired || !isWhole(desired, state.blobs)) {
      log.error('the desired state that was kept cannot be read; waiting for the hub');
      return;
    }
    this.#held = { version: desired.version, digest: Buffer.from(content.desired, 'hex'), state: desired };
    this.#target = targetOf(desired, content.desired, content.fleet, this.#before(), [], state.blobs);
    void reconciler.setTarget(this.#target, true);
  }

  held(): HeldState | undefined {
    return this.#held;
  }

  emptied(): Version | undefined {
    const held = this.#held;
    if (held === undefined || held.state.assignments.length > 0) return undefined;
    return this.#o.reconciler.ownedBundles().size === 0 ? held.version : undefined;
  }

  async facts(): Promise<ClusterFacts> {
    const { kube } = this.#o;
    this.#clusterUid ??=
      (await kube.get(namespaces, { name: 'kube-system' }, { metadataOnly: true })).metadata.uid ?? '';
    const { serverVersion, resources, complete } = await kube.discover();
    const kinds = new Set(
      resources.map(({ group, version, kind }) => `${group ? `${group}/` : ''}${version}/${kind}`),
    );
    return {
      kubernetesVersion: serverVersion,
      apiResources: [...kinds].sort().slice(0, 10_000),
      complete,
      clusterUid: this.#clusterUid,
    };
  }

  onFactsChanged(listener: () => void, signal: AbortSignal): void {
    this.#o.kinds.onChange(listener, signal);
  }

  offer(offer: OfferedState): Promise<OfferOutcome> {
    this.#fetching?.abort();
    const fetching = (this.#fetching = new AbortController());
    const turn = this.#intake.then(() => this.#take(offer, fetching.signal));
    this.#intake = turn;
    return turn;
  }

  statuses(): readonly AssignmentStatus[] {
    return this.#o.statuses.all();
  }

  async statusesWhole(): Promise<void> {
    if (this.#held !== undefined) await this.#o.statuses.whole;
  }

  onStatuses(listener: (changed: readonly AssignmentStatus[]) => void, signal: AbortSignal): void {
    this.#o.statuses.listen(listener, signal);
  }

  forgetGone(bundle: string): void {
    this.#o.statuses.forgetGone(bundle);
  }

  async syncNow(bundle: string | undefined, _signal: AbortSignal): Promise<void> {
    this.#o.reconciler.retryHooks(bundle);
    await this.#o.reconciler.checkNow();
  }

  inspect(question: Inspection, signal: AbortSignal): AsyncIterable<readonly Finding[]> {
    return this.#inspector.inspect(question, signal);
  }

  removed(reason: string): void {
    this.#o.onRemoved(reason);
  }

  async #take(offer: OfferedState, signal: AbortSignal): Promise<OfferOutcome> {
    const { state, reconciler, statuses, log } = this.#o;
    if (signal.aborted) return { outcome: 'superseded' };
    const mark = newest(highWaterMark(state.content, offer.fleet), reconciler.versionOf(offer.fleet));
    if (mark && compareVersions(offer.state.version, mark) < 0) return { outcome: 'older', held: mark };
    if (this.#isHeld(offer)) return { outcome: 'held' };
    log.debug({ version: formatVersion(offer.state.version) }, 'a desired state was offered');
    try {
      await takeIn(offer, state.blobs, signal);
      const { blobs } = state;
      // Written while the rest is prepared; a pack that no state points at in the end is removed again.
      state.startPacks();
      const digest = stateDigest(offer);
      const desired = digest.slice('sha256:'.length);
      const target = targetOf(
        offer.state,
        desired,
        offer.fleet,
        this.#before(),
        this.#held?.state.assignments ?? [],
        blobs,
      );
      const assignments = target.bundles.map((bundle) => bundle.assignment);
      await blobs.keepOnly(
        new Set([digest, ...digestsOf([...offer.state.assignments, ...assignments], blobs)]),
      );
      state.startPacks();
      if (offer.isFirst || !this.#follows(offer.state.version)) statuses.tellAllOf(offer.state.version);
      this.#target = target;
      await orAbort(reconciler.setTarget(target, false), signal);
      this.#held = { version: offer.state.version, digest: offer.digest, state: offer.state };
      return { outcome: 'held' };
    } catch (error) {
      if (signal.aborted) return { outcome: 'superseded' };
      if (error instanceof InvalidOfferError) return { outcome: 'invalid', problems: error.problems };
      log.warn(`a desired state could not be taken on: ${errorText(error)}`);
      return { outcome: 'failed', problem: errorText(error) };
    }
  }

  #before(): Before {
    const { state, reconciler } = this.#o;
    return { content: state.content, target: this.#target, ownedBundles: reconciler.ownedBundles() };
  }

  #follows({ epoch, generation }: Version): boolean {
    const held = this.#held?.version;
    return held !== undefined && epoch === held.epoch && generation === held.generation + 1n;
  }

  #isHeld(offer: OfferedState): boolean {
    const held = this.#held;
    return (
      held !== undefined &&
      compareVersions(held.version, offer.state.version) === 0 &&
      Buffer.from(held.digest).equals(offer.digest)
    );
  }
}

/** Waiting ends when a newer offer comes; what was begun goes on until that one takes its place. */
async function orAbort(done: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('superseded')), { once: true });
    done.then(resolve, reject);
  });
}

function newest(a: Version | undefined, b: Version | undefined): Version | undefined {
  if (!a || !b) return a ?? b;
  return compareVersions(a, b) >= 0 ? a : b;
}

/** Another fleet counts anew: its hub has never told this cluster anything. */
function highWaterMark(content: HeadContent | undefined, fleet: string): Version | undefined {
  if (content?.fleet !== fleet) return undefined;
  return { epoch: BigInt(content.epoch), generation: BigInt(content.generation) };
}

import type { Observation } from '@muster/apply-plan';
import type { Health } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { fleetLabel } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import { BundleHealth } from './bundle-health.ts';
import type { RuledBundle } from './bundle-health.ts';
import { isOlder } from '../resource-version.ts';
import { idOfLive, liveRecord, notSeenYet } from './live-record.ts';
import type { LiveRecord } from './live-record.ts';
import { begin } from './patience.ts';
import type { Work } from './patience.ts';
import { Scope } from './scope.ts';
import type { Place } from './scope.ts';
import { unseenBecause } from './unseen.ts';
import type { Unseen } from './unseen.ts';

/** `<group>/<Kind>`, as object ids begin. */
function kindOf({ group, kind }: Resource): string {
  return `${group}/${kind}`;
}

interface Follow {
  readonly place: Place;
  readonly stop: AbortController;
  /** Done at the first list, or the first error. */
  readonly started: Work;
  problem: (Unseen & { readonly since: number }) | undefined;
}

/** Its version may be served no more; one that is well goes on, whichever version objects are written in. */
function isOutdated({ place, problem }: Follow, now: Place): boolean {
  return problem !== undefined && place.resource.version !== now.resource.version;
}

/** Longer than any request lasts. */
const rememberEndedMs = 120_000;

/** Long enough to be worth it, short enough that nobody waits long for a correction. */
const maxRestMs = 10_000;

/** How long an absence is taken for what it was: no watch tells of what others make without our label. */
const absenceMs = 5_000;

/**
 * What the cluster is like, as far as it concerns this fleet: one watch per kind, over the objects that bear the
 * fleet's label, and looks at single objects where the label can't tell (not ours yet, or ours no more).
 */
export class Observer {
  readonly #kube: KubeClient;
  readonly #onChange: (id: ObjectId) => void;
  readonly #records = new Map<ObjectId, LiveRecord>();
  /** Since when, by `performance.now()`. */
  readonly #absent = new Map<ObjectId, number>();
  /** Left the watch though we did not delete them: their label may only have been lost. */
  readonly #doubtful = new Set<ObjectId>();
  readonly #deleted = new Map<ObjectId, string>();
  /** When objects left the watch, by uid, as long as an answer about one from before that may be on its way. */
  readonly #ended = new Map<string, { readonly at: number; readonly resourceVersion: string }>();
  readonly #follows = new Map<string, Follow>();
  readonly #problems = new Map<ObjectId, Unseen>();
  /** What rests, by the key that its watch had. */
  readonly #resting = new Map<string, Place>();
  #restTimer: NodeJS.Timeout | undefined;
  readonly #scope: Scope;
  readonly #health = new BundleHealth();
  readonly #judge = (object: KubeObject): Health => this.#health.of(object);
  #fleet = '';

  readonly #onKindGone: () => void;

  /** `onKindGone` hears when the API server does not know a kind that is watched, any more. */
  constructor(
    kube: KubeClient,
    onChange: (id: ObjectId) => void,
    scope = new Scope(),
    onKindGone: () => void = () => undefined,
  ) {
    this.#kube = kube;
    this.#onChange = onChange;
    this.#scope = scope;
    this.#onKindGone = onKindGone;
  }

  observe(id: ObjectId): Observation {
    const live = this.record(id);
    if (live) return { state: 'present', live };
    return { state: this.#absent.has(id) ? 'absent' : 'unobserved' };
  }

  record(id: ObjectId): LiveRecord | undefined {
    const record = this.#records.get(id);
    if (!record || record.terminating || this.#deleted.get(id) !== record.uid) return record;
    return { ...record, terminating: true };
  }

  /** True when the object's absence is only what its watch suggests. */
  isDoubtful(id: ObjectId): boolean {
    return this.#doubtful.has(id);
  }

  forgetAbsence(id: ObjectId): void {
    this.#absent.delete(id);
  }

  /** True when what is wanted may have been made by somebody else since it was seen to be absent. */
  isLongAbsent(id: ObjectId): boolean {
    return performance.now() - (this.#absent.get(id) ?? Infinity) >= absenceMs;
  }

  /** Why an object could not be looked at. */
  problemOf(id: ObjectId): Unseen | undefined {
    return this.#problems.get(id);
  }

  /**
   * Kinds, as `<group>/<kind>`, or `<group>/<kind>/<namespace>` where each namespace has its own watch, whose watch has
   * been broken for so long that what is known of them is the past.
   */
  blindKinds(forMs: number): ReadonlyMap<string, Unseen> {
    const now = performance.now();
    const blind = new Map<string, Unseen>();
    for (const { place, problem } of this.#follows.values()) {
      if (!problem || now - problem.since < forMs) continue;
      const { resource, namespace } = place;
      blind.set(namespace === undefined ? kindOf(resource) : `${kindOf(resource)}/${namespace}`, problem);
    }
    return blind;
  }

  /** Judges the health of these bundles' objects by their own rules from now on. Call it before `watchOnly`. */
  judgeBy(bundles: readonly RuledBundle[]): void {
    const kinds = this.#health.update(bundles);
    if (kinds.size === 0) return;
    for (const [key, { place, stop }] of this.#follows) {
      if (!kinds.has(kindOf(place.resource))) continue;
      // Listed anew, and whole where only the metadata was looked at so far.
      stop.abort();
      this.#follows.delete(key);
    }
    for (const [id, record] of this.#records)
      if (kinds.has(id.split('/', 2).join('/'))) this.#records.set(id, { ...record, health: notSeenYet });
  }

  /** False where the metadata of objects of this kind tells how they are. */
  needsStatus({ group, kind }: Resource): boolean {
    return this.#health.needsStatus(group, kind);
  }

  /** Watches exactly these resources from now on: each is done when it was listed or could not be. */
  watchOnly(fleet: string, resources: ReadonlyMap<string, Resource>): readonly Work[] {
    if (fleet !== this.#fleet) this.stop();
    this.#fleet = fleet;
    const places = this.#scope.placesOf(resources);
    for (const [key, follow] of this.#follows) {
      const place = places.get(key);
      if (place && !isOutdated(follow, place)) continue;
      follow.stop.abort();
      this.#follows.delete(key);
    }
    for (const key of this.#resting.keys()) if (!places.has(key)) this.#resting.delete(key);
    return this.#watch(places);
  }

  #watch(places: ReadonlyMap<string, Place>): readonly Work[] {
    const watched = [...places].filter(([key]) => !this.#resting.has(key));
    return watched.map(([key, place]) => this.#follow(key, place).started);
  }

  /**
   * Exactly the watches of these kinds rest, for a few seconds at most: while many objects of a kind are applied their
   * events tell only what the answers told, at a fifth of the API server's and half of the agent's CPU. A watch that
   * goes on lists first, so what others did meanwhile is found then. Kinds whose health is in their status don't rest.
   */
  rest(kinds: ReadonlySet<string>): void {
    for (const [key, { place, stop }] of this.#follows) {
      const { resource } = place;
      if (!kinds.has(kindOf(resource)) || this.needsStatus(resource)) continue;
      stop.abort();
      this.#follows.delete(key);
      this.#resting.set(key, place);
    }
    clearTimeout(this.#restTimer);
    for (const [key, place] of this.#resting) if (!kinds.has(kindOf(place.resource))) this.#goOn(key, place);
    if (this.#resting.size > 0) this.#restTimer = setTimeout(() => this.rest(new Set()), maxRestMs);
  }

  #goOn(key: string, place: Place): void {
    this.#resting.delete(key);
    this.#follow(key, place);
  }

  /** Lists every watched kind anew. */
  refresh(): readonly Work[] {
    const followed = [...this.#follows].map(([key, follow]) => [key, follow.place] as const);
    const places = new Map([...followed, ...this.#resting]);
    this.#resting.clear();
    for (const follow of this.#follows.values()) follow.stop.abort();
    this.#follows.clear();
    this.#absent.clear();
    this.#doubtful.clear();
    return this.#watch(places);
  }

  stop(): void {
    for (const follow of this.#follows.values()) follow.stop.abort();
    this.#follows.clear();
    this.#resting.clear();
    clearTimeout(this.#restTimer);
  }

  /** A kind that the cluster doesn't serve has no objects. */
  noteAbsent(id: ObjectId): void {
    this.#records.delete(id);
    this.#doubtful.delete(id);
    this.#absent.set(id, performance.now());
  }

  noteApplied(id: ObjectId, resource: Resource, object: KubeObject): LiveRecord {
    const before = this.#records.get(id);
    const suffices = !this.needsStatus(resource);
    const record = liveRecord(object, suffices ? 'metadata-suffices' : before, this.#judge);
    this.#setUnlessPast(id, before, record);
    return record;
  }

  /** Somebody looked: `whole` when with its status. */
  noteSeen(id: ObjectId, resource: Resource, object: KubeObject, seen: 'whole' | 'metadata'): void {
    const suffices = seen === 'metadata' && !this.needsStatus(resource);
    const health = seen === 'whole' ? 'whole' : suffices ? 'metadata-suffices' : this.#records.get(id);
    const record = liveRecord(object, health, this.#judge);
    const before = this.#records.get(id);
    this.#setUnlessPast(id, before, record);
  }

  /** The watch may already tell of a later change by somebody else, or of the object's end. */
  #setUnlessPast(id: ObjectId, before: LiveRecord | undefined, record: LiveRecord): void {
    for (const known of [before, this.#ended.get(record.uid)])
      if (known && isOlder(record.resourceVersion, known.resourceVersion)) return;
    this.#set(id, record);
  }

  noteUnseen(id: ObjectId, problem: Unseen): void {
    this.#problems.set(id, problem);
  }

  /** The API server took our deletion; a finalizer may keep the object for a while. */
  noteDeleting(id: ObjectId, uid: string): void {
    this.#deleted.set(id, uid);
  }

  /** It did not, as far as we know: the object stands as the watch says. */
  noteDeleteFailed(id: ObjectId): void {
    this.#deleted.delete(id);
  }

  #set(id: ObjectId, record: LiveRecord): void {
    this.#records.set(id, record);
    this.#absent.delete(id);
    this.#doubtful.delete(id);
    this.#problems.delete(id);
  }

  #follow(key: string, place: Place): Follow {
    const known = this.#follows.get(key);
    if (known) return known;
    const stop = new AbortController();
    let settle: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (settle = resolve));
    const follow: Follow = { place, stop, started: begin(started), problem: undefined };
    this.#follows.set(key, follow);
    void this.#run(follow, settle);
    return follow;
  }

  async #run(follow: Follow, settle: () => void): Promise<void> {
    const { place, stop } = follow;
    const { resource } = place;
    const metadataOnly = !this.needsStatus(resource);
    const health = metadataOnly ? 'metadata-suffices' : 'whole';
    const onError = (error: unknown): void => {
      follow.problem = { ...unseenBecause(error), since: follow.problem?.since ?? performance.now() };
      settle();
      if (error instanceof KubeApiError && error.status === 404) this.#onKindGone();
    };
    const events = this.#kube.follow(resource, {
      ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
      labelSelector: `${fleetLabel}=${this.#fleet}`,
      metadataOnly,
      signal: stop.signal,
      onError,
      onOpen: () => (follow.problem = undefined),
    });
    try {
      for await (const event of events) {
        if (stop.signal.aborted) break;
        // An event that cannot be taken in leaves the kind unknown until it is listed anew; the watch goes on.
        try {
          if (event.type === 'LISTED') this.#listed(place, event.items, health);
          else if (event.type === 'CHANGED') this.#changed(resource, event.object, health);
          else this.#gone(resource, event.object);
        } catch (error) {
          onError(error);
        }
        settle();
      }
    } catch (error) {
      onError(error);
    } finally {
      settle();
    }
  }

  #listed(
    { resource, namespace }: Place,
    items: readonly KubeObject[],
    health: 'whole' | 'metadata-suffices',
  ): void {
    const prefix = `${kindOf(resource)}/${namespace === undefined ? '' : `${namespace}/`}`;
    const seen = new Set<ObjectId>();
    for (const item of items) {
      seen.add(idOfLive(item, resource));
      this.#changed(resource, item, health);
    }
    for (const id of this.#records.keys()) {
      if (!id.startsWith(prefix) || seen.has(id)) continue;
      this.#records.delete(id);
      this.#onChange(id);
    }
  }

  #changed(resource: Resource, object: KubeObject, health: 'whole' | 'metadata-suffices'): void {
    const id = idOfLive(object, resource);
    const before = this.#records.get(id);
    const record = liveRecord(object, health, this.#judge);
    if (before && isOlder(record.resourceVersion, before.resourceVersion)) return;
    const { managedFields = [] } = object.metadata;
    const isTaken = before !== undefined && before.fieldsHash !== record.fieldsHash;
    this.#set(id, isTaken ? { ...record, managedFields } : record);
    this.#onChange(id);
  }

  /** Answers about it may yet come: newer ones where it only lost our label. */
  #noteEnded({ uid = '', resourceVersion = '' }: KubeObject['metadata']): void {
    const now = performance.now();
    for (const [known, { at }] of this.#ended) {
      if (now - at < rememberEndedMs) break;
      this.#ended.delete(known);
    }
    this.#ended.delete(uid);
    this.#ended.set(uid, { at: now, resourceVersion });
  }

  #gone(resource: Resource, object: KubeObject): void {
    const id = idOfLive(object, resource);
    const before = this.#records.get(id);
    if (before && before.uid !== object.metadata.uid) return;
    const byUs = this.#deleted.get(id) === object.metadata.uid;
    this.#deleted.delete(id);
    this.#noteEnded(object.metadata);
    this.noteAbsent(id);
    if (!byUs) this.#doubtful.add(id);
    this.#onChange(id);
  }
}

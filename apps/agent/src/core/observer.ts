import type { Observation } from '@muster/apply-plan';
import { healthNeedsStatus } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { fleetLabel } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import { idOfLive, isOlder, liveRecord } from './live-record.ts';
import type { LiveRecord } from './live-record.ts';

/** An object to look at, by itself or among its neighbours. */
export interface Target {
  readonly id: ObjectId;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** `<group>/<Kind>`, as object ids begin. */
function kindOf({ group, kind }: Resource): string {
  return `${group}/${kind}`;
}

interface Follow {
  readonly resource: Resource;
  readonly stop: AbortController;
  /** Resolves at the first list, or the first error. */
  readonly started: Promise<void>;
  problem: { readonly message: string; readonly since: number } | undefined;
}

/** Longer than any request lasts. */
const rememberEndedMs = 120_000;

/** Long enough to be worth it, short enough that nobody waits long for a correction. */
const maxRestMs = 10_000;

/** As many single looks are cheaper than a list of the namespace. */
const maxSingleLooks = 3;

/**
 * What the cluster is like, as far as it concerns this fleet: one watch per kind, over the objects that bear the
 * fleet's label, and looks at single objects where the label can't tell (not ours yet, or ours no more).
 */
export class Observer {
  readonly #kube: KubeClient;
  readonly #onChange: (id: ObjectId) => void;
  readonly #records = new Map<ObjectId, LiveRecord>();
  readonly #absent = new Set<ObjectId>();
  /** Left the watch though we did not delete them: their label may only have been lost. */
  readonly #doubtful = new Set<ObjectId>();
  readonly #deleted = new Map<ObjectId, string>();
  /** When objects ended, by uid, as long as an answer to our write of one may be on its way. */
  readonly #ended = new Map<string, number>();
  readonly #follows = new Map<string, Follow>();
  readonly #problems = new Map<ObjectId, string>();
  /** Kinds whose watch rests, by the key that their watch had. */
  readonly #resting = new Map<string, Resource>();
  #restTimer: NodeJS.Timeout | undefined;
  #fleet = '';

  constructor(kube: KubeClient, onChange: (id: ObjectId) => void) {
    this.#kube = kube;
    this.#onChange = onChange;
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

  /** Why an object could not be looked at. */
  problemOf(id: ObjectId): string | undefined {
    return this.#problems.get(id);
  }

  /** Kinds, as `<group>/<kind>`, whose watch has been broken for so long that what is known of them is the past. */
  blindKinds(forMs: number): ReadonlyMap<string, string> {
    const now = performance.now();
    const blind = new Map<string, string>();
    for (const { resource, problem } of this.#follows.values())
      if (problem && now - problem.since >= forMs) blind.set(kindOf(resource), problem.message);
    return blind;
  }

  /** Watches exactly these resources from now on, and waits until each was listed or could not be. */
  async watchOnly(fleet: string, resources: ReadonlyMap<string, Resource>): Promise<void> {
    if (fleet !== this.#fleet) this.stop();
    this.#fleet = fleet;
    for (const [key, follow] of this.#follows) {
      if (resources.has(key)) continue;
      follow.stop.abort();
      this.#follows.delete(key);
    }
    for (const key of this.#resting.keys()) if (!resources.has(key)) this.#resting.delete(key);
    const watched = [...resources].filter(([key]) => !this.#resting.has(key));
    await Promise.all(watched.map(([key, resource]) => this.#follow(key, resource).started));
  }

  /**
   * Exactly the watches of these kinds rest, for a few seconds at most: while many objects of a kind are applied their
   * events tell only what the answers told, at a fifth of the API server's and half of the agent's CPU. A watch that
   * goes on lists first, so what others did meanwhile is found then. Kinds whose health is in their status don't rest.
   */
  rest(kinds: ReadonlySet<string>): void {
    for (const [key, { resource, stop }] of this.#follows) {
      if (!kinds.has(kindOf(resource)) || healthNeedsStatus(resource.group, resource.kind)) continue;
      stop.abort();
      this.#follows.delete(key);
      this.#resting.set(key, resource);
    }
    clearTimeout(this.#restTimer);
    for (const [key, resource] of this.#resting) if (!kinds.has(kindOf(resource))) this.#goOn(key, resource);
    if (this.#resting.size > 0) this.#restTimer = setTimeout(() => this.rest(new Set()), maxRestMs);
  }

  #goOn(key: string, resource: Resource): void {
    this.#resting.delete(key);
    this.#follow(key, resource);
  }

  /** Lists every watched kind anew. */
  async refresh(): Promise<void> {
    const followed = [...this.#follows].map(([key, follow]) => [key, follow.resource] as const);
    const resources = new Map([...followed, ...this.#resting]);
    this.#resting.clear();
    for (const follow of this.#follows.values()) follow.stop.abort();
    this.#follows.clear();
    this.#absent.clear();
    await this.watchOnly(this.#fleet, resources);
  }

  stop(): void {
    for (const follow of this.#follows.values()) follow.stop.abort();
    this.#follows.clear();
    this.#resting.clear();
    clearTimeout(this.#restTimer);
  }

  /** Looks at objects that the watches don't tell of. What can't be looked at stays unobserved. */
  async survey(targets: readonly Target[], signal: AbortSignal): Promise<void> {
    const groups = new Map<string, Target[]>();
    for (const target of targets) {
      const key = `${target.resource.group}/${target.resource.plural}/${target.namespace}`;
      groups.set(key, [...(groups.get(key) ?? []), target]);
    }
    await Promise.all([...groups.values()].map((group) => this.#surveyGroup(group, signal)));
  }

  /** A kind that the cluster doesn't serve has no objects. */
  noteAbsent(id: ObjectId): void {
    this.#records.delete(id);
    this.#doubtful.delete(id);
    this.#absent.add(id);
  }

  noteApplied(id: ObjectId, resource: Resource, object: KubeObject): LiveRecord {
    const before = this.#records.get(id);
    const suffices = !healthNeedsStatus(resource.group, resource.kind);
    const record = liveRecord(object, suffices ? 'metadata-suffices' : before);
    // The watch may already tell of a later change by somebody else, or of the object's end.
    const isPast = before && isOlder(record.resourceVersion, before.resourceVersion);
    if (!isPast && !this.#ended.has(record.uid)) this.#set(id, record);
    return record;
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

  async #surveyGroup(targets: readonly Target[], signal: AbortSignal): Promise<void> {
    const [first] = targets;
    const { resource, namespace } = first!;
    const needsStatus = healthNeedsStatus(resource.group, resource.kind);
    try {
      if (targets.length <= maxSingleLooks) {
        await Promise.all(targets.map((target) => this.#lookAt(target, signal)));
        return;
      }
      const { items } = await this.#kube.list(resource, {
        ...(namespace ? { namespace } : {}),
        metadataOnly: true,
        signal,
      });
      const found = new Map(items.map((item) => [idOfLive(item, resource), item]));
      for (const { id } of targets) {
        const item = found.get(id);
        if (item) this.#set(id, liveRecord(item, needsStatus ? this.#records.get(id) : 'metadata-suffices'));
        else this.noteAbsent(id);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      for (const { id } of targets)
        this.#problems.set(id, error instanceof Error ? error.message : String(error));
    }
  }

  async #lookAt({ id, resource, namespace, name }: Target, signal: AbortSignal): Promise<void> {
    const metadataOnly = !healthNeedsStatus(resource.group, resource.kind);
    try {
      const object = await this.#kube.get(
        resource,
        { ...(namespace ? { namespace } : {}), name },
        { metadataOnly, signal },
      );
      this.#set(id, liveRecord(object, metadataOnly ? 'metadata-suffices' : 'whole'));
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.status !== 404) throw error;
      this.noteAbsent(id);
    }
  }

  #follow(key: string, resource: Resource): Follow {
    const known = this.#follows.get(key);
    if (known) return known;
    const stop = new AbortController();
    let settle: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (settle = resolve));
    const follow: Follow = { resource, stop, started, problem: undefined };
    this.#follows.set(key, follow);
    void this.#run(follow, settle);
    return follow;
  }

  async #run(follow: Follow, settle: () => void): Promise<void> {
    const { resource, stop } = follow;
    const metadataOnly = !healthNeedsStatus(resource.group, resource.kind);
    const health = metadataOnly ? 'metadata-suffices' : 'whole';
    const onError = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error);
      follow.problem = { message, since: follow.problem?.since ?? performance.now() };
      settle();
    };
    const events = this.#kube.follow(resource, {
      labelSelector: `${fleetLabel}=${this.#fleet}`,
      metadataOnly,
      signal: stop.signal,
      onError,
      onOpen: () => (follow.problem = undefined),
    });
    try {
      for await (const event of events) {
        if (stop.signal.aborted) break;
        if (event.type === 'LISTED') this.#listed(resource, event.items, health);
        else if (event.type === 'CHANGED') this.#changed(resource, event.object, health);
        else this.#gone(resource, event.object);
        settle();
      }
    } catch (error) {
      onError(error);
    } finally {
      settle();
    }
  }

  #listed(resource: Resource, items: readonly KubeObject[], health: 'whole' | 'metadata-suffices'): void {
    const prefix = `${resource.group}/${resource.kind}/`;
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
    const record = liveRecord(object, health);
    if (before && isOlder(record.resourceVersion, before.resourceVersion)) return;
    this.#set(id, record);
    this.#onChange(id);
  }

  /** The answer to an apply that made it may yet come. */
  #noteEnded(uid: string): void {
    const now = performance.now();
    for (const [known, at] of this.#ended) {
      if (now - at < rememberEndedMs) break;
      this.#ended.delete(known);
    }
    this.#ended.set(uid, now);
  }

  #gone(resource: Resource, object: KubeObject): void {
    const id = idOfLive(object, resource);
    const before = this.#records.get(id);
    if (before && before.uid !== object.metadata.uid) return;
    const byUs = this.#deleted.get(id) === object.metadata.uid;
    this.#deleted.delete(id);
    this.#noteEnded(object.metadata.uid ?? '');
    this.noteAbsent(id);
    if (!byUs) this.#doubtful.add(id);
    this.#onChange(id);
  }
}

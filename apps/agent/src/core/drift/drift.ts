import type { ApplyStep, InventoryEntry } from '@muster/apply-plan';
import { fieldsOutside, parseJson } from '@muster/drift';
import type { FieldSet } from '@muster/drift';
import type { KubeClient, KubeObject } from '@muster/kube';
import type { ObjectId } from '@muster/manifest';
import type { ObjectWrite } from '../applier.ts';
import type { Failure } from '../failures.ts';
import { Fights } from '../fights.ts';
import type { Offence } from '../fights.ts';
import { liveRecord } from '../live-record.ts';
import type { Observer } from '../observer.ts';
import { examine } from './examination.ts';
import { describeTaken } from './field-differences.ts';
import { ignoringPrint, isOurs } from './ignoring.ts';
import { Notices } from './notices.ts';

export interface DriftOptions {
  readonly kube: KubeClient;
  readonly observer: Pick<Observer, 'record' | 'noteSeen' | 'noteAbsent'>;
  readonly setEntry: (entry: InventoryEntry) => void;
  readonly now: () => number;
}

const utf8 = new TextDecoder();

/**
 * What becomes of objects that may no longer be as their manifests say. The watch tells which may be (by managedFields,
 * without a request); here it is found out whether they are, and whether that is to be corrected, or only told.
 */
export class Drift {
  readonly #o: DriftOptions;
  readonly #fights: Fights;
  readonly #notices: Notices;
  /** What the writes that are under way set right. */
  readonly #offences = new Map<ObjectId, Offence>();

  constructor(options: DriftOptions) {
    this.#o = options;
    this.#fights = new Fights(options.now);
    this.#notices = new Notices((id) => options.observer.record(id)?.resourceVersion, options.now);
  }

  /**
   * Decides about an object that may have drifted. True: nothing is to be written, whether because all is well or
   * because its bundle only reports.
   */
  async settle(write: ObjectWrite, actor: KubeClient): Promise<boolean> {
    const { id, object, entry } = write;
    const isReported = write.bundle.policy.drift === 'Notify';
    if (!isReported && this.#isPlainlyTaken(write)) return false;
    const finding = await examine(write, { kube: this.#o.kube, actor, lossSuffices: !isReported });
    if (finding.kind === 'gone') {
      // The watch may be late to tell: until then it would be looked at again and again.
      this.#o.observer.noteAbsent(id);
      return true;
    }
    const live = JSON.parse(finding.text) as KubeObject;
    if (finding.kind === 'differs') {
      if (!isReported) {
        this.#offences.set(id, { kind: 'changed', differences: finding.differences });
        return false;
      }
      this.#o.observer.noteSeen(id, write.resource, live, 'whole');
      this.#notices.note(id, object.digest, live.metadata.resourceVersion ?? '', finding.differences);
      return true;
    }
    // Its values are right, but a change of fields that are no longer ours would go unseen: they are taken back.
    if (!finding.isWhole && !isReported) return false;
    this.#o.observer.noteSeen(id, write.resource, live, 'whole');
    this.#noteSame(write, live, finding.isWhole, entry);
    return true;
  }

  /** What the watch told may prove that fields were taken: then nothing needs to be asked, unless it is to be told. */
  #isPlainlyTaken(write: ObjectWrite): boolean {
    const { id, bundle, object, bytes } = write;
    const owners = this.#o.observer.record(id)?.managedFields;
    if (!owners || this.#fights.isBrewing(id) || ignoringPrint(bundle, object) !== undefined) return false;
    const desired = parseJson(utf8.decode(bytes));
    const taken = fieldsOutside(owners.find(isOurs)?.fieldsV1 as FieldSet | undefined, desired);
    if (taken.length === 0) return false;
    this.#offences.set(id, { kind: 'changed', differences: describeTaken(desired, owners, taken) });
    return true;
  }

  #noteSame(
    { id, object }: ObjectWrite,
    live: KubeObject,
    isWhole: boolean,
    entry: InventoryEntry | undefined,
  ): void {
    const { resourceVersion, fieldsHash } = liveRecord(live, 'whole');
    if (isWhole) this.#notices.forget(id);
    else this.#notices.note(id, object.digest, resourceVersion, []);
    if (!entry) return;
    const { fieldsHash: _, ...rest } = entry;
    const hash = isWhole && fieldsHash !== undefined ? { fieldsHash } : {};
    this.#o.setEntry({ ...rest, resourceVersion, ...hash });
  }

  /** Somebody deleted an object that is wanted: making it again sets that right. */
  deleted(id: ObjectId): void {
    this.#offences.set(id, { kind: 'deleted' });
  }

  /** A step of an object ended. Where it failed nothing was set right: that is no part of a fight. */
  ended(step: ApplyStep, hasSucceeded: boolean): void {
    const offence = this.#offences.get(step.id);
    if (!this.#offences.delete(step.id)) return;
    this.#notices.forget(step.id);
    if (offence && hasSucceeded) this.#fights.healed(step.id, step.object.digest, offence);
  }

  isWaiting(id: ObjectId, digest: string | undefined): boolean {
    return this.#fights.isWaiting(id, digest) || this.#notices.isWaiting(id, digest);
  }

  /** True when it was looked at and found right, though others own some of it now. */
  isSame(id: ObjectId): boolean {
    return this.#notices.isSame(id);
  }

  of(id: ObjectId): Failure | undefined {
    return this.#fights.of(id) ?? this.#notices.of(id);
  }

  nextRetryAt(since: number): number | undefined {
    const times = [this.#fights.nextRetryAt(since), this.#notices.nextRetryAt(since)];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  keepOnly(isKnown: (id: ObjectId) => boolean): void {
    this.#notices.keepOnly(isKnown);
    for (const id of this.#offences.keys()) if (!isKnown(id)) this.#offences.delete(id);
  }

  /** The target is another: what was found is looked at again. */
  doubt(): void {
    this.#notices.doubt();
  }

  forgive(): void {
    this.#fights.forgive();
    this.#notices.doubt();
  }
}

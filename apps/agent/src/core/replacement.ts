import { KubeApiError } from '@muster/kube';
import type { KubeObject } from '@muster/kube';
import { isReplaceAsked, needsConsentToReplace } from '@muster/apply-plan';
import { readObjectHeader } from '@muster/manifest';
import type { DesiredState, ObjectId } from '@muster/manifest';
import { ApplyProblem } from './apply-problem.ts';
import type { ObjectWrite } from './applier.ts';
import { differingFields } from './differing-fields.ts';
import { immutableFields, list } from './refusals.ts';

/** Something that changes what we make, and so can never be as the manifest says, would be replaced for ever. */
const onceInMs = 600_000;

/** Of a desired state on deleting an object of a bundle to make it anew. */
export type Stance = 'paused' | 'no-consent' | 'consent';

export function stanceOn(state: DesiredState | undefined, bundle: string): Stance {
  const isPaused = state?.assignments.some((it) => it.bundle === bundle && it.paused) ?? true;
  if (!state || state.paused || isPaused) return 'paused';
  return state.deletionConsents.includes(bundle) ? 'consent' : 'no-consent';
}

export interface ReplacementOptions {
  readonly now: () => number;
  readonly stanceOn: (bundle: string) => Stance;
  /** The live object; `undefined` when there is none. */
  readonly look: (write: ObjectWrite, seen: 'whole' | 'metadata') => Promise<KubeObject | undefined>;
  /** Deletes the object with this uid and no other. */
  readonly remove: (write: ObjectWrite, uid: string) => Promise<void>;
}

/**
 * What becomes of an object whose immutable field the manifest changes: told with the field, or, where the object asks
 * for it, deleted. Nothing more than that: its end wakes the next plan, which makes it anew like any object that is
 * missing, its intent durable first. So there is no point at which a crash loses or orphans it.
 */
export class Replacement {
  readonly #o: ReplacementOptions;
  readonly #replaced = new Map<ObjectId, { readonly digest: string; readonly at: number }>();

  constructor(options: ReplacementOptions) {
    this.#o = options;
  }

  /** Resolves when the live object is on its way out; rejects with the reason why it stays. */
  async replace(write: ObjectWrite, refused: unknown): Promise<void> {
    const fields = refused instanceof KubeApiError ? immutableFields(refused) : undefined;
    if (!(refused instanceof KubeApiError) || !fields) throw refused;
    const because = await this.#sayWhat(write, fields, refused);
    this.#refuseUnlessAsked(write, because);
    const live = await this.#o.look(write, 'metadata');
    const uid = live?.metadata.uid;
    // It is gone already, or another than the one that we know: the next plan sees.
    if (uid === undefined || (write.entry?.state === 'owned' && write.entry.uid !== uid)) throw refused;
    await this.#o.remove(write, uid);
    this.#replaced.set(write.id, { digest: write.object.digest, at: this.#o.now() });
  }

  #refuseUnlessAsked({ id, bytes, bundle, object }: ObjectWrite, because: string): void {
    const header = readObjectHeader(bytes);
    const problem = (what: string): ApplyProblem => new ApplyProblem('Immutable', `${because}: ${what}`);
    if (!header.ok || !isReplaceAsked(header.value.annotations))
      throw problem(
        'change it back, delete the object, or let Muster do so and make it anew by the annotation muster.dev/replace: "true"',
      );
    const stance = this.#o.stanceOn(bundle.bundle);
    if (stance === 'paused') throw problem('paused since');
    if (needsConsentToReplace(object) && stance !== 'consent')
      throw problem(
        `a ${object.kind} is not replaced without consent (muster allow-delete ${bundle.bundle})`,
      );
    const before = this.#replaced.get(id);
    if (before?.digest === object.digest && this.#o.now() - before.at < onceInMs)
      throw problem('it was replaced moments ago, and something changed it since');
  }

  /** `spec.selector cannot be changed on a live Deployment`. */
  async #sayWhat(write: ObjectWrite, fields: readonly string[], refused: KubeApiError): Promise<string> {
    const { kind, group } = write.object;
    const isSecret = group === '' && kind === 'Secret';
    // Some kinds name all that may change instead of what may not.
    const exact = fields.length === 1 && fields[0] === 'spec' && !isSecret;
    const live = exact ? await this.#o.look(write, 'whole').catch(() => undefined) : undefined;
    const named = live ? differingFields(write.bytes, live, refused.message) : [];
    return `${list(named.length > 0 ? named : fields)} cannot be changed on a live ${kind}`;
  }
}

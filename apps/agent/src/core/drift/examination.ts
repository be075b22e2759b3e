import { fieldsOutside, isWithin, leavesOf, memberOf, parseJson, printJson, samePlace } from '@muster/drift';
import type { Json, Place } from '@muster/drift';
import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { fieldManager } from '@muster/manifest';
import type { FieldDifference } from '../../status/model.ts';
import type { ObjectWrite } from '../applier.ts';
import { changesBetween, describe, oursIn, takenFields, wouldChange } from './field-differences.ts';
import { fieldsToIgnore, leavingIgnored, readText } from './ignoring.ts';

/** What a look at an object that may have drifted found. `text` is the object as it was seen. */
export type Finding =
  | { readonly kind: 'gone' }
  /** An apply would change nothing. `isWhole` is false where others have taken fields of ours, and left their values. */
  | { readonly kind: 'same'; readonly text: string; readonly isWhole: boolean }
  | { readonly kind: 'differs'; readonly text: string; readonly differences: readonly FieldDifference[] };

export interface ExaminationOptions {
  /** Looks. */
  readonly kube: KubeClient;
  /** Tries, as whoever would write. */
  readonly actor: KubeClient;
  /** True where the loss of a field is enough to know: what is then written is right whatever the values are. */
  readonly lossSuffices: boolean;
  /**
   * True where this very manifest was never applied: managedFields are of another then and prove nothing, so what the
   * API server refuses to try is thrown.
   */
  readonly isNew?: boolean;
}

/** An object that changes while it is looked at is looked at anew so many times in all. */
const maxLooks = 3;

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Whether an object is as its manifest says, as the API server itself says: it is asked what an apply would make of it.
 * So defaults, normalised values and what webhooks make of things are no drift. What managedFields prove needs no
 * question; and where no answer can be had or relied upon (a webhook that refuses dry-runs, or makes something else
 * each time), they decide.
 */
export async function examine(write: ObjectWrite, options: ExaminationOptions): Promise<Finding> {
  for (let look = 1; ; look++) {
    const seen = await lookAt(write, options.kube);
    if (!seen) return { kind: 'gone' };
    if (seen.taken.length > 0 && options.lossSuffices) return byManagedFields(seen);
    const mayLookAgain = look < maxLooks;
    const answer = await ask(seen, write, options, mayLookAgain);
    if (answer === 'changed meanwhile' && mayLookAgain) continue;
    return typeof answer === 'string' ? byManagedFields(seen) : answer;
  }
}

interface Seen {
  readonly text: string;
  readonly live: Json;
  /** What an apply would send. */
  readonly toSend: Json;
  /** Fields of it that managedFields no longer say are ours. */
  readonly taken: readonly Place[];
  readonly isSecret: boolean;
}

async function lookAt(write: ObjectWrite, kube: KubeClient): Promise<Seen | undefined> {
  const text = await readText(kube, write);
  if (text === undefined) return undefined;
  const [desired, live] = [parseJson(utf8.decode(write.bytes)), parseJson(text)];
  const ignored = fieldsToIgnore(write, desired, live);
  const toSend = leavingIgnored(desired, live, ignored);
  const outside = fieldsOutside(oursIn(live), toSend);
  return {
    text,
    live,
    toSend,
    taken: outside.filter((place) => !isIgnored(place, ignored, desired, toSend)),
    isSecret: write.object.group === '' && write.object.kind === 'Secret',
  };
}

function byManagedFields({ text, live, toSend, taken, isSecret }: Seen): Finding {
  if (taken.length === 0) return { kind: 'same', text, isWhole: true };
  const found = takenFields(toSend, live, taken);
  return { kind: 'differs', text, differences: describe(found, toSend, live, isSecret) };
}

async function ask(
  { text, live, toSend, isSecret }: Seen,
  write: ObjectWrite,
  { actor, isNew = false }: ExaminationOptions,
  mayLookAgain: boolean,
): Promise<Finding | 'changed meanwhile' | 'no answer'> {
  const body = encoder.encode(printJson(toSend));
  const applied = await tryApply(actor, write, body, isNew);
  if (applied === undefined) return 'no answer';
  // Of what is written all the time the last answer is told, where managedFields would tell nothing.
  if (versionOf(applied) !== versionOf(live) && (mayLookAgain || !isNew)) return 'changed meanwhile';
  const changes = wouldChange(applied, live);
  if (changes.length === 0) return { kind: 'same', text, isWhole: isWithin(oursIn(applied), oursIn(live)) };
  if (isNew) return { kind: 'differs', text, differences: describe(changes, applied, live, isSecret) };
  const again = await tryApply(actor, write, body, isNew);
  if (again === undefined) return 'no answer';
  if (versionOf(again) !== versionOf(live)) return 'changed meanwhile';
  // Who makes something else of the same each time would never be content with what is there.
  if (changesBetween(applied, again).length > 0) return 'no answer';
  return { kind: 'differs', text, differences: describe(changes, applied, live, isSecret) };
}

/** `undefined` where the API server, or a webhook, refuses to try. */
async function tryApply(
  actor: KubeClient,
  write: ObjectWrite,
  body: Uint8Array,
  isNew: boolean,
): Promise<Json | undefined> {
  try {
    return parseJson(await actor.dryRun(write.resource, write.key, body, { fieldManager, force: true }));
  } catch (error) {
    if (!isNew && error instanceof KubeApiError && isRefusal(error)) return undefined;
    throw error;
  }
}

/** 429 and 5xx may pass. A webhook with side effects that is asked to try is answered with 400. */
function isRefusal({ status }: KubeApiError): boolean {
  return status >= 400 && status < 500 && status !== 429 && status !== 401 && status !== 408;
}

function versionOf(object: Json): Json | undefined {
  return memberOf(memberOf(object, 'metadata'), 'resourceVersion');
}

/** True where rules ignore all that stands there. Their places are of what was rendered: items may have been left out since. */
function isIgnored(place: Place, ignored: readonly Place[], desired: Json, sent: Json): boolean {
  if (ignored.length === 0) return false;
  const inSent = new Set(
    ignored.map((it) => JSON.stringify(desired === sent ? it : samePlace(desired, sent, it))),
  );
  return leavesOf(sent, place).every((leaf) => inSent.has(JSON.stringify(leaf)));
}

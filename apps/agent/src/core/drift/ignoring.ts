import { ignoredFields, IgnoreRules, memberOf, parseJson, printJson, withoutIgnored } from '@muster/drift';
import type { Ignored, Json, Owner, Place } from '@muster/drift';
import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { fieldManager, parseObjectId, readObjectHeader } from '@muster/manifest';
import type { Policy } from '@muster/manifest';
import { hash } from 'node:crypto';
import type { ObjectWrite } from '../applier.ts';
import type { WantedBundle, WantedObject } from '../bundles.ts';

/** A bundle's policy is decoded once for each desired state. */
const rulesByPolicy = new WeakMap<Policy, IgnoreRules>();
const printsByObject = new WeakMap<
  WantedObject,
  { readonly id: string; readonly print: string | undefined }
>();

function rulesOf(policy: Policy): IgnoreRules | undefined {
  if (!policy.ignoreDifferences) return undefined;
  const known = rulesByPolicy.get(policy) ?? new IgnoreRules(policy.ignoreDifferences);
  rulesByPolicy.set(policy, known);
  return known;
}

/** What of a bundle's `ignoreDifferences` this agent cannot read. */
export function ignoreProblems(policy: Policy): readonly string[] {
  return rulesOf(policy)?.problems ?? [];
}

/**
 * What an object was applied under: with other rules it must be applied again, though its own bytes are the same.
 * `undefined` where no rule concerns it.
 */
export function ignoringPrint({ policy }: WantedBundle, object: WantedObject): string | undefined {
  const rules = rulesOf(policy);
  const { id } = object;
  if (!rules || id === undefined) return undefined;
  const known = printsByObject.get(object);
  if (known?.id === id) return known.print;
  const text = rules.printFor({ ...object, namespace: parseObjectId(id)?.namespace ?? '' });
  const print = text === undefined ? undefined : hash('sha1', text, 'base64').slice(0, 16);
  printsByObject.set(object, { id, print });
  return print;
}

/** The fields of the rendered object that its bundle's rules ignore. */
export function fieldsToIgnore(
  { bundle, object, key }: Pick<ObjectWrite, 'bundle' | 'object' | 'key'>,
  desired: Json,
  live: Json,
): Place[] {
  const identity = { ...object, namespace: key.namespace ?? '' };
  const ignored = rulesOf(bundle.policy)?.for(identity, labelsOf(desired));
  return ignored ? ignoredFields(desired, ignored, othersOf(live)) : [];
}

/** The rules of its bundle that concern an object, whatever of them it has itself. */
export function rulesFor({ bundle, object, key, bytes }: ObjectWrite): Ignored | undefined {
  const rules = rulesOf(bundle.policy);
  const header = rules && readObjectHeader(bytes);
  if (!header?.ok) return undefined;
  return rules?.for({ ...object, namespace: key.namespace ?? '' }, header.value.labels);
}

/** An object as it is to be sent to a cluster where it is like `live`; `others` are the owners that go on owning. */
export function leavingIgnored(
  desired: Json,
  live: Json,
  ignored: readonly Place[],
  others: readonly Owner[] = othersOf(live),
): Json {
  return ignored.length === 0 ? desired : withoutIgnored(desired, live, ignored, others);
}

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The write with what its bundle ignores left as it is in the cluster. Costs a look at the object, where a rule
 * concerns it.
 */
export async function keepIgnored(write: ObjectWrite, kube: KubeClient): Promise<ObjectWrite> {
  if (ignoringPrint(write.bundle, write.object) === undefined) return write;
  const text = await readText(kube, write);
  if (text === undefined) return write;
  const [desired, live] = [parseJson(utf8.decode(write.bytes)), parseJson(text)];
  const ignored = fieldsToIgnore(write, desired, live);
  if (ignored.length === 0) return write;
  // What former tools own becomes ours with the adoption: left out, it would be deleted.
  const isAdopted = write.reason === 'create' || (write.entry?.state === 'intended' && write.entry.adopted);
  const sent = isAdopted
    ? leavingIgnored(desired, live, ignored, [])
    : leavingIgnored(desired, live, ignored);
  return { ...write, bytes: encoder.encode(printJson(sent)) };
}

/** The live object as the API server writes it; `undefined` where there is none. */
export async function readText(
  kube: KubeClient,
  { resource, key }: Pick<ObjectWrite, 'resource' | 'key'>,
): Promise<string | undefined> {
  try {
    return await kube.getText(resource, key);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

export function ownersIn(object: Json): readonly Owner[] {
  const list = memberOf(memberOf(object, 'metadata'), 'managedFields');
  return Array.isArray(list) ? (list as readonly Owner[]) : [];
}

export function isOurs({ manager, operation, subresource }: Owner): boolean {
  return manager === fieldManager && operation === 'Apply' && !subresource;
}

export function othersOf(object: Json): readonly Owner[] {
  return ownersIn(object).filter((owner) => !isOurs(owner));
}

function labelsOf(object: Json): Readonly<Record<string, string>> {
  const labels = memberOf(memberOf(object, 'metadata'), 'labels');
  return typeof labels === 'object' && labels !== null ? (labels as Readonly<Record<string, string>>) : {};
}

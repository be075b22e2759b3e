import { encodeBase64 } from './base64.ts';
import { compareCodePoints } from './code-points.ts';
import { applyEdits, removeMember, setMembers } from './json-edit.ts';
import type { Edit } from './json-edit.ts';
import { isNull, isString, JsonSyntaxError, readObjectSpan, readString } from './json-members.ts';
import type { JsonMember, JsonObjectSpan } from './json-members.ts';
import { bundleLabel, fleetLabel, objectAnnotation } from './marks.ts';
import type { ObjectId } from './object-id.ts';

/** What only the cluster knows, and whose the object is. */
export interface Finalization {
  /** Set where the object names none; `null`: the kind is cluster-scoped, and a namespace in the object goes. */
  readonly namespace: string | null;
  /** The hub's uuid. */
  readonly fleet: string;
  readonly bundle: string;
  readonly objectId: ObjectId;
}

export type Finalized =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** Not an object that an API server would take; a sentence that holds no value of it. */
  | { readonly ok: false; readonly problem: string };

const encoder = new TextEncoder();

/**
 * The bytes to apply: the rendered ones with namespace, ownership labels and annotation, and a Secret's
 * `stringData` folded into `data` (where both name a key `stringData` wins, as at the API server), and without the
 * rules of an aggregated ClusterRole. Edited in place: integers beyond 2^53 and the spelling of numbers stay, sorted
 * keys stay sorted.
 */
export function finalizeObject(bytes: Uint8Array, finalization: Finalization): Finalized {
  try {
    const root = readObjectSpan(bytes, 0);
    if (!root) return problem('the object is not a JSON object');
    const metadata = editMetadata(bytes, root, finalization);
    if (typeof metadata === 'string') return problem(metadata);
    const secret = isCoreSecret(bytes, root) ? editStringData(bytes, root) : [];
    if (typeof secret === 'string') return problem(secret);
    const role = isAggregatedRole(bytes, root) ? removeMember(root, 'rules') : [];
    return { ok: true, bytes: applyEdits(bytes, [...metadata, ...secret, ...role]) };
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof TypeError || error instanceof SyntaxError) {
      return problem('the object is not valid JSON');
    }
    throw error;
  }
}

function editMetadata(bytes: Uint8Array, root: JsonObjectSpan, finalization: Finalization): Edit[] | string {
  const { namespace, fleet, bundle, objectId } = finalization;
  const metadata = objectMember(bytes, root, 'metadata');
  if (!metadata) return 'the object has no metadata';
  const edits: Edit[] = [];
  const added = new Map<string, string>();
  for (const [field, marks] of [
    ['labels', { [fleetLabel]: fleet, [bundleLabel]: bundle }],
    ['annotations', { [objectAnnotation]: objectId }],
  ] as const) {
    const values = new Map(Object.entries(marks).map(([key, value]) => [key, JSON.stringify(value)]));
    const present = memberOf(metadata, field);
    const span = present && readObjectSpan(bytes, present.valueStart);
    if (span) edits.push(...setMembers(span, values));
    else if (!present || isNull(bytes, present.valueStart)) added.set(field, printSorted(values));
    else return `metadata.${field} is not an object`;
  }
  const given = memberOf(metadata, 'namespace');
  if (namespace === null) edits.push(...removeMember(metadata, 'namespace'));
  else if (!given || isEmpty(bytes, given)) added.set('namespace', JSON.stringify(namespace));
  return [...edits, ...setMembers(metadata, added)];
}

function editStringData(bytes: Uint8Array, root: JsonObjectSpan): Edit[] | string {
  const member = memberOf(root, 'stringData');
  if (!member) return [];
  const stringData = readObjectSpan(bytes, member.valueStart);
  if (!stringData)
    return isNull(bytes, member.valueStart)
      ? removeMember(root, 'stringData')
      : 'stringData is not an object';
  const folded = new Map<string, string>();
  for (const { key, valueStart, valueEnd } of stringData.members) {
    // The API server reads null as the empty string here.
    if (isNull(bytes, valueStart)) folded.set(key, '""');
    else if (!isString(bytes, valueStart)) return 'a value of stringData is not a string';
    else folded.set(key, `"${encodeBase64(encoder.encode(readString(bytes, valueStart, valueEnd)))}"`);
  }
  return foldIntoData(bytes, root, folded);
}

function foldIntoData(
  bytes: Uint8Array,
  root: JsonObjectSpan,
  folded: ReadonlyMap<string, string>,
): Edit[] | string {
  const remove = removeMember(root, 'stringData');
  if (folded.size === 0) return remove;
  const member = memberOf(root, 'data');
  const data = member && readObjectSpan(bytes, member.valueStart);
  if (data) return [...remove, ...setMembers(data, folded)];
  if (member && !isNull(bytes, member.valueStart)) return 'data is not an object';
  return [...setMembers(root, new Map([['data', printSorted(folded)]])), ...remove];
}

function isCoreSecret(bytes: Uint8Array, root: JsonObjectSpan): boolean {
  return stringMember(bytes, root, 'apiVersion') === 'v1' && stringMember(bytes, root, 'kind') === 'Secret';
}

/**
 * Its rules are the controller manager's, which overwrites whatever anybody says there (the API's own reference of
 * `aggregationRule`). Many releases say `rules: []` all the same: applied, that would be a fight without end.
 */
function isAggregatedRole(bytes: Uint8Array, root: JsonObjectSpan): boolean {
  return (
    stringMember(bytes, root, 'kind') === 'ClusterRole' &&
    stringMember(bytes, root, 'apiVersion')?.startsWith('rbac.authorization.k8s.io/') === true &&
    objectMember(bytes, root, 'aggregationRule') !== undefined
  );
}

function printSorted(values: ReadonlyMap<string, string>): string {
  const keys = [...values.keys()].sort(compareCodePoints);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${values.get(key)!}`).join(',')}}`;
}

function memberOf(span: JsonObjectSpan, key: string): JsonMember | undefined {
  return span.members.find((member) => member.key === key);
}

function objectMember(bytes: Uint8Array, span: JsonObjectSpan, key: string): JsonObjectSpan | undefined {
  const member = memberOf(span, key);
  return member && readObjectSpan(bytes, member.valueStart);
}

function stringMember(bytes: Uint8Array, span: JsonObjectSpan, key: string): string | undefined {
  const member = memberOf(span, key);
  return member && isString(bytes, member.valueStart)
    ? readString(bytes, member.valueStart, member.valueEnd)
    : undefined;
}

function isEmpty(bytes: Uint8Array, member: JsonMember): boolean {
  return (
    isNull(bytes, member.valueStart) ||
    (isString(bytes, member.valueStart) && member.valueEnd - member.valueStart === 2)
  );
}

function problem(text: string): Finalized {
  return { ok: false, problem: text };
}

import { compareCodePoints } from './code-points.ts';
import type { JsonObjectSpan } from './json-members.ts';

/** A replacement of some bytes by others; `start === end` inserts. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/**
 * The edit that sets members of an object: a member that is there gets the new value in its place, another comes
 * before the first whose key is greater. So an object whose keys are sorted stays so, and every other byte stays
 * as it is.
 */
export function setMembers(span: JsonObjectSpan, values: ReadonlyMap<string, string>): Edit[] {
  const edits: Edit[] = [];
  const missing: string[] = [];
  for (const [key, value] of values) {
    const present = span.members.find((member) => member.key === key);
    if (present)
      edits.push({ start: present.valueStart, end: present.valueEnd, bytes: encoder.encode(value) });
    else missing.push(key);
  }
  missing.sort(compareCodePoints);
  const perPlace = new Map<number, string[]>();
  for (const key of missing) {
    const found = span.members.findIndex((member) => compareCodePoints(member.key, key) > 0);
    const place = found < 0 ? span.members.length : found;
    perPlace.set(place, [...(perPlace.get(place) ?? []), key]);
  }
  for (const [place, keys] of perPlace) {
    const text = keys.map((key) => `${JSON.stringify(key)}:${values.get(key)!}`).join(',');
    edits.push(insertion(span, place, text));
  }
  return edits;
}

/** The edit that takes one member out, with the comma that it no longer needs. */
export function removeMember(span: JsonObjectSpan, key: string): Edit[] {
  const index = span.members.findIndex((member) => member.key === key);
  if (index < 0) return [];
  const member = span.members[index]!;
  const next = span.members[index + 1];
  const previous = span.members[index - 1];
  if (next) return [{ start: member.keyStart, end: next.keyStart, bytes: new Uint8Array() }];
  return [
    { start: previous ? previous.valueEnd : member.keyStart, end: member.valueEnd, bytes: new Uint8Array() },
  ];
}

/** Applies edits that don't overlap. Those that start at one place come in the order given. */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  if (edits.length === 0) return bytes;
  const ordered = [...edits].sort((a, b) => a.start - b.start);
  const length = ordered.reduce(
    (sum, edit) => sum + edit.bytes.length - (edit.end - edit.start),
    bytes.length,
  );
  const result = new Uint8Array(length);
  let read = 0;
  let written = 0;
  for (const edit of ordered) {
    result.set(bytes.subarray(read, edit.start), written);
    written += edit.start - read;
    result.set(edit.bytes, written);
    written += edit.bytes.length;
    read = edit.end;
  }
  result.set(bytes.subarray(read), written);
  return result;
}

function insertion(span: JsonObjectSpan, place: number, text: string): Edit {
  const before = span.members[place];
  if (before) return at(before.keyStart, `${text},`);
  const last = span.members.at(-1);
  return last ? at(last.valueEnd, `,${text}`) : at(span.end - 1, text);
}

function at(offset: number, text: string): Edit {
  return { start: offset, end: offset, bytes: encoder.encode(text) };
}

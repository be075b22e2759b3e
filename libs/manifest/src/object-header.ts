import { decoded, invalid } from './decoded.ts';
import type { Decoded } from './decoded.ts';
import { isString, readObjectSpan, readString } from './json-members.ts';
import type { JsonObjectSpan } from './json-members.ts';

/** What an object says of itself, read without parsing the rest of it. */
export interface ObjectHeader {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** '' where the object names none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readObjectHeader(bytes: Uint8Array): Decoded<ObjectHeader> {
  try {
    const root = readObjectSpan(bytes, 0);
    if (!root) return invalid('the object is not a JSON object');
    const metadata = objectIn(bytes, root, 'metadata');
    const apiVersion = stringIn(bytes, root, 'apiVersion');
    const kind = stringIn(bytes, root, 'kind');
    const name = metadata && stringIn(bytes, metadata, 'name');
    if (!apiVersion || !kind) return invalid('the object has no apiVersion or kind');
    if (!metadata || !name) return invalid(`the ${kind} has no metadata.name`);
    return decoded({
      apiVersion,
      kind,
      name,
      namespace: stringIn(bytes, metadata, 'namespace') ?? '',
      labels: stringsIn(bytes, metadata, 'labels'),
      annotations: stringsIn(bytes, metadata, 'annotations'),
    });
  } catch {
    return invalid('the object is not valid JSON');
  }
}

function objectIn(bytes: Uint8Array, span: JsonObjectSpan, key: string): JsonObjectSpan | undefined {
  const member = span.members.find((candidate) => candidate.key === key);
  return member && readObjectSpan(bytes, member.valueStart);
}

function stringIn(bytes: Uint8Array, span: JsonObjectSpan, key: string): string | undefined {
  const member = span.members.find((candidate) => candidate.key === key);
  return member && isString(bytes, member.valueStart)
    ? readString(bytes, member.valueStart, member.valueEnd)
    : undefined;
}

function stringsIn(bytes: Uint8Array, span: JsonObjectSpan, key: string): Record<string, string> {
  const entries =
    objectIn(bytes, span, key)?.members.filter((member) => isString(bytes, member.valueStart)) ?? [];
  return Object.fromEntries(
    entries.map((member) => [member.key, readString(bytes, member.valueStart, member.valueEnd)]),
  );
}

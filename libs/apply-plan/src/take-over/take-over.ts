import type { FieldStep } from '@muster/manifest';
import { isEmptySet, splitFields, unionOfFields } from './fields-v1.ts';
import type { FieldsV1 } from './fields-v1.ts';
import { fieldPathOf, fieldsNotTaken, isOfFormerTool } from './former-tools.ts';

/** An entry of `metadata.managedFields`. */
export interface FieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: unknown;
  readonly subresource?: string;
}

export interface TakeOverInput {
  readonly managedFields: readonly FieldsEntry[];
  readonly group: string;
  readonly kind: string;
  /** Of the manifest: entries in it go first. */
  readonly apiVersion: string;
  /** Ours. */
  readonly manager: string;
  /** What the bundle leaves to others: it stays with whoever has it. */
  readonly left?: {
    readonly paths: readonly (readonly FieldStep[])[];
    readonly managers: ReadonlySet<string>;
  };
  /** True when what we own is what we just applied, so that no field of it could be forgotten. */
  readonly isApplied: boolean;
}

export type TakeOver =
  | { readonly kind: 'nothing' }
  /** Set these, then apply: what the former tools owned and the manifest lacks goes with that apply. Then ask again. */
  | {
      readonly kind: 'rewrite';
      readonly managedFields: readonly FieldsEntry[];
      readonly from: readonly string[];
    }
  /** What we own of an earlier life is told in another version than what is to be taken: it must not be mixed. */
  | { readonly kind: 'apply-first' };

/**
 * How ownership moves from the tools that an object came from to ours, as client-go's `csaupgrade` and Flux do it:
 * their fields become fields of our Apply entry, so that the next apply keeps those that the manifest has, removes
 * those that it lacks and that nobody else owns, all in one write. Other managers' entries stay as they are.
 *
 * One Apply entry tells of one apiVersion only, so tools that wrote in several are taken one version at a time.
 */
export function takeOver(input: TakeOverInput): TakeOver {
  const { managedFields, manager, isApplied } = input;
  const taken = managedFields.map((entry) => takenFrom(entry, input));
  const versions = managedFields.filter((_, index) => taken[index]).map((entry) => entry.apiVersion);
  if (versions.length === 0) return { kind: 'nothing' };
  const own = managedFields.find((entry) => isOwn(entry, manager));
  const version = [own?.apiVersion, input.apiVersion].find((it) => versions.includes(it)) ?? versions[0];
  if (own && own.apiVersion !== version && !isApplied) return { kind: 'apply-first' };
  let fields = own && own.apiVersion === version ? fieldsOf(own) : {};
  const from: string[] = [];
  const rest: FieldsEntry[] = [];
  managedFields.forEach((entry, index) => {
    const split = entry.apiVersion === version ? taken[index] : undefined;
    if (split) {
      fields = unionOfFields(fields, split.outside);
      from.push(entry.manager ?? '');
      if (!isEmptySet(split.inside)) rest.push({ ...entry, fieldsV1: split.inside });
    } else if (entry !== own) rest.push(entry);
  });
  const ours = {
    manager,
    operation: 'Apply' as const,
    ...about(managedFields, taken, version, own),
    fieldsV1: fields,
  };
  return { kind: 'rewrite', managedFields: [ours, ...rest], from: [...new Set(from)] };
}

/** What is taken of an entry is outside of what stays; undefined when nothing is. */
function takenFrom(
  entry: FieldsEntry,
  { group, kind, left }: TakeOverInput,
): { readonly inside: FieldsV1; readonly outside: FieldsV1 } | undefined {
  if (!isOfFormerTool(entry) || left?.managers.has(entry.manager ?? '')) return undefined;
  const stays = [...fieldsNotTaken(group, kind), ...(left?.paths ?? []).map(fieldPathOf)];
  const split = splitFields(fieldsOf(entry), stays);
  return isEmptySet(split.outside) ? undefined : split;
}

/** Version and time of our entry: the newest of what it is made of. */
function about(
  entries: readonly FieldsEntry[],
  taken: readonly unknown[],
  version: string | undefined,
  own: FieldsEntry | undefined,
): Pick<FieldsEntry, 'apiVersion' | 'time' | 'fieldsType'> {
  const parts = entries.filter(
    (entry, index) => entry === own || (taken[index] && entry.apiVersion === version),
  );
  const time = parts.reduce((newest, entry) => ((entry.time ?? '') > newest ? entry.time! : newest), '');
  return {
    ...(version === undefined ? {} : { apiVersion: version }),
    ...(time === '' ? {} : { time }),
    fieldsType: 'FieldsV1',
  };
}

function isOwn(entry: FieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
}

function fieldsOf(entry: FieldsEntry): FieldsV1 {
  return (entry.fieldsV1 ?? {}) as FieldsV1;
}

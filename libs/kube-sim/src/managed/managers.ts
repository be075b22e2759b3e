import { isList, isObject, textAt, type Json, type JsonObject } from '../json/value.ts';
import { isEmpty, setsEqual, type FieldSet } from '../fields/field-set.ts';
import { fieldsV1Of, setOfFieldsV1 } from '../fields/fields-v1.ts';

export type Operation = 'Apply' | 'Update';

/** Who wrote which fields, in what way: one entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339, seconds. Missing in an entry whose first apply changed nothing, as in the real server. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By `managerKey`. */
export type Managers = ReadonlyMap<string, Manager>;

/** An applier keeps its entry through versions; an updater has one per version. */
export const managerKey = (
  manager: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>,
): string =>
  JSON.stringify([
    manager.name,
    manager.operation,
    manager.operation === 'Apply' ? '' : manager.apiVersion,
    manager.subresource,
  ]);

/** Entries that aren't in form are dropped: the real server starts anew, too, where it can't read them. */
export const managersOf = (object: JsonObject): Map<string, Manager> => {
  const managers = new Map<string, Manager>();
  const entries = isObject(object['metadata']) ? object['metadata']['managedFields'] : undefined;
  for (const entry of isList(entries) ? entries : []) {
    const operation = textAt(entry, 'operation');
    if (!isObject(entry) || (operation !== 'Apply' && operation !== 'Update')) continue;
    const manager: Manager = {
      name: textAt(entry, 'manager') ?? '',
      operation,
      apiVersion: textAt(entry, 'apiVersion') ?? '',
      subresource: textAt(entry, 'subresource') ?? '',
      time: textAt(entry, 'time'),
      fields: setOfFieldsV1(entry['fieldsV1']),
    };
    managers.set(managerKey(manager), manager);
  }
  return managers;
};

const entryOf = (manager: Manager): JsonObject => ({
  ...(manager.name !== '' && { manager: manager.name }),
  operation: manager.operation,
  apiVersion: manager.apiVersion,
  ...(manager.time !== undefined && { time: manager.time }),
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1Of(manager.fields),
  ...(manager.subresource !== '' && { subresource: manager.subresource }),
});

const sortKey = (manager: Manager): readonly string[] => [
  manager.operation,
  manager.time ?? '',
  manager.name,
  manager.apiVersion,
  manager.subresource,
];

const byKey = (a: Manager, b: Manager): number => {
  const [left, right] = [sortKey(a), sortKey(b)];
  const index = left.findIndex((part, i) => part !== right[i]);
  return index === -1 ? 0 : left[index]! < right[index]! ? -1 : 1;
};

/** As `metadata.managedFields` lists them: appliers first, oldest first. */
export const managedFieldsOf = (managers: Managers): readonly Json[] =>
  [...managers.values()]
    .filter((manager) => !isEmpty(manager.fields))
    .sort(byKey)
    .map(entryOf);

/** Whether both say the same of who owns what; times don't count. */
export const sameManagers = (a: Managers, b: Managers): boolean =>
  a.size === b.size &&
  [...a].every(([key, manager]) => {
    const other = b.get(key);
    return (
      other !== undefined &&
      other.apiVersion === manager.apiVersion &&
      setsEqual(manager.fields, other.fields)
    );
  });

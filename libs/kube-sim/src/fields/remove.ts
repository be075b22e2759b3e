import { isList, isObject, type Json } from '../json/value.ts';
import { atomOf } from '../schema/atom.ts';
import { schemaOfField, type Schema } from '../schema/schema.ts';
import { fieldElement, itemElement } from './elements.ts';
import type { FieldSet } from './field-set.ts';

/**
 * The value without the paths of the set; what lies under a path goes with it. `null` when nothing is left of a list
 * or map, or when the set leads into an atomic one: the field itself, which somebody may own, is still there.
 */
export const removeFields = (value: Json, set: FieldSet, schema: Schema): Json => {
  const atom = atomOf(schema, value);
  if (atom.kind === 'scalar') return value;
  if (atom.kind === 'list') {
    if (!isList(value) || atom.relation === 'atomic') return null;
    const items: Json[] = [];
    for (const item of value) {
      const child = set.children.get(itemElement(atom, item) ?? '');
      if (child?.member === true) continue;
      items.push(child === undefined ? item : removeFields(item, child, atom.items));
    }
    return items.length === 0 ? null : items;
  }
  if (!isObject(value) || atom.atomic) return null;
  const fields: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const child = set.children.get(fieldElement(name));
    if (child?.member === true) continue;
    fields[name] = child === undefined ? inner : removeFields(inner, child, schemaOfField(atom, name));
  }
  return Object.keys(fields).length === 0 ? null : fields;
};

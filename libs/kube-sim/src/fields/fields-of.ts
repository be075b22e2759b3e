import { isList, isObject, type Json } from '../json/value.ts';
import { atomOf } from '../schema/atom.ts';
import { anySchema, schemaOfField, type Schema } from '../schema/schema.ts';
import { fieldElement, itemsByElement } from './elements.ts';
import { emptySet, leaf, nodeOf, type FieldSet } from './field-set.ts';

/** Every path that a value sets: what an applier of it owns. Atomic lists and maps are one path. */
export const fieldsOf = (value: Json, schema: Schema): FieldSet => {
  const atom = atomOf(schema, value);
  if (atom.kind === 'scalar') return leaf;
  const children = new Map<string, FieldSet>();
  if (atom.kind === 'list') {
    if (atom.relation === 'atomic') return leaf;
    if (!isList(value)) return emptySet;
    for (const [element, items] of itemsByElement(atom, value)) {
      // Items that share an element are owned together, as one.
      const inner = items.length === 1 ? fieldsOf(items[0]!, atom.items) : emptySet;
      children.set(element, nodeOf(true, inner.children));
    }
    return nodeOf(false, children);
  }
  if (atom.atomic) return leaf;
  if (!isObject(value)) return emptySet;
  for (const [name, inner] of Object.entries(value)) {
    const set = fieldsOf(inner, schemaOfField(atom, name));
    const emptyValue = inner === null || (isObject(inner) && Object.keys(inner).length === 0);
    const member = set.member || emptyValue || !atom.fields.has(name);
    if (member || set.children.size > 0) children.set(fieldElement(name), nodeOf(member, set.children));
  }
  return nodeOf(false, children);
};

/**
 * The set with the named fields on its paths as members: `spec.replicas` alone becomes `spec` and `spec.replicas`,
 * while a map's entries stay apart from the map. Removing a set's fields needs to know when a structure is left empty.
 */
export const withNamedFields = (set: FieldSet, schema: Schema): FieldSet => {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const inner =
      name !== undefined
        ? schema.kind === 'map'
          ? schemaOfField(schema, name)
          : anySchema
        : schema.kind === 'list'
          ? schema.items
          : anySchema;
    const named = name !== undefined && schema.kind === 'map' && schema.fields.has(name);
    const deeper = withNamedFields(child, inner);
    children.set(element, nodeOf(deeper.member || (named && child.children.size > 0), deeper.children));
  }
  return nodeOf(set.member, children);
};

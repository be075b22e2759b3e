import { isList, isObject, type Json } from '../json/value.ts';
import {
  anyList,
  anyMap,
  anyScalar,
  type ListSchema,
  type MapSchema,
  type ScalarSchema,
  type Schema,
} from './schema.ts';

export type Atom = ScalarSchema | ListSchema | MapSchema;

/** The schema as far as it is known; where it isn't, the value at hand tells whether it is a list, a map or neither. */
export const atomOf = (schema: Schema, value: Json | undefined): Atom => {
  if (schema.kind !== 'any') return schema;
  if (isList(value)) return anyList;
  return isObject(value) ? anyMap : anyScalar;
};

/** Of two values for one place: either of both when one is missing, since nothing takes any form. */
export const atomsOf = (schema: Schema, left: Json | undefined, right: Json | undefined): readonly Atom[] => {
  if (right === undefined) return [atomOf(schema, left)];
  const rightAtom = atomOf(schema, right);
  if (left === undefined) return [rightAtom];
  const leftAtom = atomOf(schema, left);
  return leftAtom === rightAtom ? [rightAtom] : [leftAtom, rightAtom];
};

import { textAt, type JsonObject } from '../json/value.ts';
import { nameOf, withMeta } from './metadata.ts';

/** Letters and digits that don't make words, as the real generator's. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** With a name made of `generateName`, where the object has none of its own. `random` gives a number below its bound. */
export const withGeneratedName = (object: JsonObject, random: (bound: number) => number): JsonObject => {
  const prefix = textAt(object, 'metadata', 'generateName') ?? '';
  if (nameOf(object) !== '' || prefix === '') return object;
  const suffix = Array.from({ length: 5 }, () => alphabet[random(alphabet.length)]).join('');
  return withMeta(object, 'name', `${prefix.slice(0, 58)}${suffix}`);
};

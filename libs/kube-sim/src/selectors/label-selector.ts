import { badRequest } from '../api/api-error.ts';
import type { JsonObject } from '../json/value.ts';

type Requirement = (labels: JsonObject) => boolean;

const set = /^\s*([^\s=!,()]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/;
const equality = /^\s*([^\s=!,()]+)\s*(==|=|!=)\s*([^\s=!,()]*)\s*$/;
const existence = /^\s*(!?)\s*([^\s=!,()]+)\s*$/;

const requirementOf = (text: string): Requirement => {
  const inSet = set.exec(text);
  if (inSet !== null) {
    const [, key = '', operator, values = ''] = inSet;
    const wanted = values.split(',').map((value) => value.trim());
    const isIn: Requirement = (labels) => typeof labels[key] === 'string' && wanted.includes(labels[key]);
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const equal = equality.exec(text);
  if (equal !== null) {
    const [, key = '', operator, value] = equal;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const exists = existence.exec(text);
  if (exists === null) throw badRequest(`unable to parse requirement: ${text}`);
  const [, not, key = ''] = exists;
  return not === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
};

/** A predicate of the text of `labelSelector=`: `a=b,c!=d,e in (f,g),!h`. */
export const labelSelector = (text: string): ((labels: JsonObject) => boolean) => {
  if (text.trim() === '') return () => true;
  const requirements = text.split(/,(?![^(]*\))/).map(requirementOf);
  return (labels) => requirements.every((requirement) => requirement(labels));
};

import { badRequest } from '../api/api-error.ts';
import { listAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';

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

const expressionHolds = (expression: Json, labels: JsonObject): boolean => {
  const value = labels[textAt(expression, 'key') ?? ''];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
};

/** Of a selector as objects write it: `matchLabels` and `matchExpressions`; an empty one matches all. */
export const labelSelectorMatches = (selector: JsonObject, labels: JsonObject): boolean =>
  Object.entries(objectAt(selector, 'matchLabels') ?? {}).every(([key, value]) => labels[key] === value) &&
  listAt(selector, 'matchExpressions').every((expression) => expressionHolds(expression, labels));

import type { LabelSelector, LabelSelectorRequirement } from './model.ts';
import { isLabelKey, isLabelValue, LABEL_KEY_RULE, LABEL_VALUE_RULE } from './names.ts';

export type SelectorParseResult =
  | { readonly kind: 'parsed'; readonly selector: LabelSelector }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Reads what `kubectl -l` takes: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas
 * that mean AND. An empty text matches all. As k8s.io/apimachinery's `labels.Parse`, but for `a>1` and `a<1`, which
 * selectors of clusters don't have.
 */
export function parseLabelSelector(text: string): SelectorParseResult {
  const tokens = [...text.matchAll(/==|!=|[=!,()<>]|[^\s=!,()<>]+/g)].map(([token]) => token);
  const matchExpressions: LabelSelectorRequirement[] = [];
  let at = 0;
  const refused = (message: string): SelectorParseResult => ({
    kind: 'refused',
    message: `The label selector "${text.slice(0, 256)}" can't be read: ${message}`,
  });

  while (at < tokens.length) {
    const absent = tokens[at] === '!';
    if (absent) at++;
    const key = tokens[at++];
    if (key === undefined || isPunctuation(key))
      return refused(`a label's key is expected, not ${shown(key)}.`);
    if (!isLabelKey(key)) return refused(`"${key}" is not a label's key: ${LABEL_KEY_RULE}.`);

    const operator = tokens[at];
    let requirement: LabelSelectorRequirement;
    if (absent || operator === undefined || operator === ',') {
      requirement = { key, operator: absent ? 'DoesNotExist' : 'Exists' };
    } else if (operator === '=' || operator === '==' || operator === '!=') {
      at++;
      const value = isWord(tokens[at]) ? tokens[at++]! : '';
      requirement = { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
    } else if (operator === 'in' || operator === 'notin') {
      at++;
      if (tokens[at++] !== '(')
        return refused(`"${operator}" is followed by values in parentheses: "${key} ${operator} (a,b)".`);
      const values: string[] = [];
      for (;;) {
        values.push(isWord(tokens[at]) ? tokens[at++]! : '');
        const next = tokens[at++];
        if (next === ')') break;
        if (next !== ',')
          return refused(`"," or ")" is expected after a value of "${key}", not ${shown(next)}.`);
      }
      requirement = { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
    } else {
      return refused(`after "${key}" comes =, !=, in, notin or a comma, not ${shown(operator)}.`);
    }
    const wrong = requirement.values?.find((value) => !isLabelValue(value));
    if (wrong !== undefined) return refused(`"${wrong}" is not a label's value: ${LABEL_VALUE_RULE}.`);
    matchExpressions.push(requirement);

    const comma = tokens[at++];
    if (comma !== undefined && comma !== ',') return refused(`a comma is expected, not ${shown(comma)}.`);
    if (comma === ',' && at === tokens.length) return refused('it ends in a comma.');
  }
  return { kind: 'parsed', selector: matchExpressions.length === 0 ? {} : { matchExpressions } };
}

function isPunctuation(token: string): boolean {
  return /^(==|!=|[=!,()<>])$/.test(token);
}

function isWord(token: string | undefined): boolean {
  return token !== undefined && !isPunctuation(token);
}

function shown(token: string | undefined): string {
  return token === undefined ? 'the end' : `"${token}"`;
}

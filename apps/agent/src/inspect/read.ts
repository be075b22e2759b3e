/** Total readers over live objects: what isn't of the type asked for is absent. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A selector of `matchLabels` and `matchExpressions` as a query parameter; `undefined` for one that says nothing. */
export function selectorText(selector: unknown): string | undefined {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const parts = Object.entries(fieldsOf(matchLabels)).map(([key, value]) => `${key}=${textOf(value)}`);
  for (const { key, operator, values } of listOf(matchExpressions)) {
    const list = Array.isArray(values) ? values.map(textOf).join(',') : '';
    if (operator === 'In') parts.push(`${textOf(key)} in (${list})`);
    if (operator === 'NotIn') parts.push(`${textOf(key)} notin (${list})`);
    if (operator === 'Exists') parts.push(textOf(key));
    if (operator === 'DoesNotExist') parts.push(`!${textOf(key)}`);
  }
  return parts.length > 0 ? parts.join(',') : undefined;
}

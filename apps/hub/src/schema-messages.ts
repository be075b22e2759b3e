import type { z } from 'zod';

/** What a schema says of a value in words for who gave it; where this says nothing, the schema's own words stand. */
export function schemaMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`;
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

const articles: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
};

function article(expected: string): string {
  return articles[expected] ?? `a ${expected}`;
}

function bound(origin: string, side: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 ? 'not be empty' : `have ${side} ${limit} characters`;
  if (origin === 'array') return `have ${side} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${side} ${limit}`;
}

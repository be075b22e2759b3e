import type { $ZodIssue } from 'zod/v4/core';
import { z } from 'zod';
import { plannedFields } from './schema-parts.ts';
import { didYouMean } from './suggest.ts';
import type { FieldPath, FleetDocument } from './yaml-documents.ts';
import type { FleetProblem } from './model.ts';

/** What a schema found wrong in a document, as sentences with places. */
export function problemsOf(
  document: FleetDocument,
  schema: z.ZodType,
  issues: readonly $ZodIssue[],
): FleetProblem[] {
  return issues.flatMap((issue) => {
    const path = fieldPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...document.locateKey([...path, key]),
        field: printField([...path, key]),
        message: unknownField(key, schemaAt(schema, path)),
      }));
    }
    const isKey = issue.code === 'invalid_key';
    return [
      {
        ...(isKey ? document.locateKey(path) : document.locate(path)),
        field: printField(path),
        message: describe(issue, valueAt(document.value, path)),
      },
    ];
  });
}

/** `spec.targets[0].clusterSelector.matchLabels["example.com/env"]`. */
export function printField(path: FieldPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) return `["${step}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

function describe(issue: $ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue.expected, value);
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const given =
        value === undefined
          ? 'is missing'
          : typeof value === 'string'
            ? `"${value}" is not known`
            : 'is wrong';
      const hint = typeof value === 'string' ? didYouMean(value, allowed) : '';
      return `${given}. It must be ${allowed.join(', ').replace(/, ([^,]*)$/, ' or $1')}.${hint}`;
    }
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

const EXPECTED: Record<string, string> = {
  string: 'a string',
  object: 'a map of fields',
  record: 'a map of strings',
  array: 'a list',
};

function typeMessage(expected: string, value: unknown): string {
  const wanted = EXPECTED[expected] ?? `a ${expected}`;
  if (value === undefined) return `is missing. It must be ${wanted}.`;
  if (value === null) return `is empty. It must be ${wanted}; give it a value, or remove the field.`;
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `must be a string, and ${String(value)} is a ${typeof value}. Put it in quotes: "${String(value)}".`;
  }
  const given = Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'a map of fields'
      : `a ${typeof value}`;
  return `must be ${wanted}, and is ${given}.`;
}

function unknownField(key: string, schema: z.ZodType | undefined): string {
  if (!(schema instanceof z.ZodObject)) return `The field "${key}" is unknown. Remove it.`;
  if (plannedFields.get(schema)?.planned.includes(key)) return `"${key}" is not supported yet. Remove it.`;
  const known = Object.keys(schema.shape);
  const hint = didYouMean(key, known);
  return `The field "${key}" is unknown.${hint || ` Known here: ${known.join(', ')}.`}`;
}

/** The schema of the field at a path. */
function schemaAt(schema: z.ZodType, path: FieldPath): z.ZodType | undefined {
  let at: unknown = schema;
  for (const step of path) {
    at = unwrap(at);
    if (at instanceof z.ZodObject) at = (at.shape as Record<string, unknown>)[String(step)];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else return undefined;
  }
  at = unwrap(at);
  return at instanceof z.ZodType ? at : undefined;
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodExactOptional) inner = inner.unwrap();
  return inner;
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

function fieldPath(path: readonly PropertyKey[]): FieldPath {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

import type { z } from 'zod';
import type { FleetProblem } from './model.ts';
import { printField, problemsOf } from './problems.ts';
import { API_VERSION, DOCUMENTS, PLANNED_KINDS } from './schema.ts';
import type { FleetKind } from './schema.ts';
import { didYouMean } from './suggest.ts';
import type { FieldPath, FleetDocument } from './yaml-documents.ts';

/** A document that is what its kind says, with its place. */
export type CheckedDocument = {
  readonly [Kind in FleetKind]: {
    readonly kind: Kind;
    readonly value: z.output<(typeof DOCUMENTS)[Kind]>;
    readonly document: FleetDocument;
  };
}[FleetKind];

export type DocumentCheck =
  | { readonly kind: 'good'; readonly checked: CheckedDocument }
  | { readonly kind: 'bad'; readonly problems: FleetProblem[] };

/** Checks one document by itself: its kind, its fields. What it refers to is checked when all are known. */
export function checkDocument(document: FleetDocument): DocumentCheck {
  const { value } = document;
  const bad = (path: FieldPath, message: string): DocumentCheck => ({
    kind: 'bad',
    problems: [{ ...document.locate(path), field: printField(path), message }],
  });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad([], 'The document must be a map of fields: apiVersion, kind, metadata, …');
  }
  const { apiVersion, kind } = value as Record<string, unknown>;
  if (apiVersion !== API_VERSION) {
    if (apiVersion === undefined)
      return bad([], `The document has no apiVersion. Write "apiVersion: ${API_VERSION}".`);
    const isOther = typeof apiVersion === 'string' && !apiVersion.startsWith('muster.dev/');
    const hint = isOther ? ' Manifests belong in files of other names.' : '';
    return bad(['apiVersion'], `must be ${API_VERSION} in a fleet file.${hint}`);
  }
  if (typeof kind !== 'string') {
    return bad('kind' in value ? ['kind'] : [], `The document has no kind. It must be ${kindList()}.`);
  }
  if (!isFleetKind(kind)) {
    if (PLANNED_KINDS.includes(kind)) return bad(['kind'], `The kind ${kind} is not supported yet.`);
    const hint = didYouMean(kind, Object.keys(DOCUMENTS));
    return bad(['kind'], `The kind "${kind.slice(0, 64)}" is unknown. It must be ${kindList()}.${hint}`);
  }
  const schema = DOCUMENTS[kind];
  const result = schema.safeParse(value);
  if (!result.success) return { kind: 'bad', problems: problemsOf(document, schema, result.error.issues) };
  // The schema was chosen by the kind, which TypeScript can't follow through the union.
  return { kind: 'good', checked: { kind, value: result.data, document } as CheckedDocument };
}

function isFleetKind(kind: string): kind is FleetKind {
  return Object.hasOwn(DOCUMENTS, kind);
}

function kindList(): string {
  return Object.keys(DOCUMENTS)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
}

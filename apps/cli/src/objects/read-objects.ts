import { CliError, EXIT_USAGE } from '../exit.ts';
import type { Io } from '../io.ts';
import { readSources } from './read-sources.ts';
import { parseDocuments } from './parse-documents.ts';

/** Any Kubernetes object, as it was written: nothing but `apiVersion` and `kind` is taken for granted. */
export type GivenObject = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
};

/**
 * All objects of files, folders and stdin (`-`), in the order in which they stand there; the items of lists take the
 * place of the list. Throws a CliError that tells every document that isn't one.
 */
export async function readObjects(io: Io, paths: readonly string[]): Promise<GivenObject[]> {
  const objects: GivenObject[] = [];
  const problems: string[] = [];
  for (const { name, text } of await readSources(io, paths)) {
    for (const document of parseDocuments(text)) {
      const at = document.number === undefined ? name : `${name}, document ${document.number}`;
      if (document.ok) collect(document.value, at, objects, problems);
      else problems.push(`${at}: ${document.problem}`);
    }
  }
  if (problems.length > 0) throw new CliError(problems.join('\nmuster: '), { exitCode: EXIT_USAGE });
  return objects;
}

function collect(value: unknown, at: string, objects: GivenObject[], problems: string[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${at}, item ${index + 1}`, objects, problems);
  } else if (!isFields(value)) {
    problems.push(`${at}: a Kubernetes object is needed, and this is ${describe(value)}`);
  } else if (Array.isArray(value.items) && String(value.kind).endsWith('List')) {
    collect(value.items, at, objects, problems);
  } else if (isObject(value)) {
    objects.push(value);
  } else {
    const missing = ['apiVersion', 'kind'].filter((field) => !isText(value[field]));
    problems.push(`${at}: a Kubernetes object has ${missing.join(' and ')}, and this has not`);
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObject(value: Readonly<Record<string, unknown>>): value is GivenObject {
  return isText(value.apiVersion) && isText(value.kind);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function describe(value: unknown): string {
  return value === null ? 'empty' : `a ${typeof value}`;
}

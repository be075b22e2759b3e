import { parseAllDocuments } from 'yaml';
import type { Document, YAMLParseError } from 'yaml';

/** Characters that may be parsed in all, however often the text is mended. */
const budget = 20_000_000;

const moreThanAnyIndentation = ' '.repeat(200);

/**
 * All documents of a text. Quoted texts whose later lines aren't indented enough are an error of YAML 1.2, but
 * libyaml, and with it Kubernetes and kubectl, takes them. Indenting such a line changes nothing: folding a quoted
 * text takes leading spaces away.
 */
export function parseLeniently(text: string): Document[] {
  const first = parse(text);
  let documents = first;
  let mended = text;
  for (let spent = text.length; spent < budget; spent += mended.length) {
    const error = firstError(documents);
    if (error === undefined) return documents;
    const next = indentLineAfter(mended, error);
    if (next === undefined) break;
    mended = next;
    documents = parse(mended);
  }
  // What ails it is something else: told as it is in the text that was given.
  return first;
}

function parse(text: string): Document[] {
  return parseAllDocuments(text, { uniqueKeys: false, merge: true });
}

function firstError(documents: readonly Document[]): YAMLParseError | undefined {
  return documents.find(({ errors }) => errors.length > 0)?.errors[0];
}

function indentLineAfter(text: string, error: YAMLParseError): string | undefined {
  if (error.code !== 'MISSING_CHAR' || !error.message.includes('quote')) return undefined;
  const lineEnd = text.indexOf('\n', error.pos[0]);
  if (lineEnd < 0) return undefined;
  return text.slice(0, lineEnd + 1) + moreThanAnyIndentation + text.slice(lineEnd + 1);
}

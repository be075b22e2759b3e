import { parseLeniently } from './lenient-yaml.ts';

/** One document of a file; `number` counts from 1, where there are several. */
export type ParsedDocument = { readonly number: number | undefined } & (
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }
);

/**
 * Documents of YAML or JSON; empty ones don’t count, and of a key that stands twice the last does.
 * Objects that come from a cluster are read alike by every YAML library; what Git holds for one is the worker's to read.
 */
export function parseDocuments(text: string): ParsedDocument[] {
  const json = parseJson(text);
  if (json !== undefined) return [{ number: undefined, ok: true, value: json }];
  try {
    const documents = parseLeniently(text);
    const several = documents.length > 1;
    return documents.flatMap((document, index): ParsedDocument[] => {
      const number = several ? index + 1 : undefined;
      const [error] = document.errors;
      if (error) return [{ number, ok: false, problem: error.message.split('\n', 1)[0]!.replace(/:$/, '') }];
      const value: unknown = document.toJS();
      return value === null || value === undefined ? [] : [{ number, ok: true, value }];
    });
  } catch (error) {
    // The library gives up by exceptions on aliases that grow without bound, and on nesting that ends its stack.
    const problem = error instanceof RangeError ? 'nested too deeply' : (error as Error).message;
    return [{ number: undefined, ok: false, problem }];
  }
}

/** JSON is YAML too, but a hundred times faster to read as what it is. */
function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

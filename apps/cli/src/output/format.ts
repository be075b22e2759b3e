import { CliError, EXIT_USAGE } from '../exit.ts';
import type { Resource } from '../resources/resource.ts';
import type { Colours } from './colours.ts';
import { printTable } from './table.ts';
import type { Column } from './table.ts';

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export function parseFormat(text: string): Format {
  const format = FORMATS.find((it) => it === text);
  if (format !== undefined) return format;
  throw new CliError(`"${text}" is no output format`, {
    exitCode: EXIT_USAGE,
    hint: `Try one of: ${FORMATS.join(', ')}.`,
  });
}

/** JSON, or YAML of the same. */
export async function printData(value: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${escaped(JSON.stringify(value, null, 2))}\n`;
  const { stringify } = await import('yaml');
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  const text = stringify(value, options);
  if (escaped(text) === text) return text;
  // Only quoted texts have escapes.
  const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' } as const;
  return escaped(stringify(value, { ...options, ...quoted }));
}

/**
 * JSON that means the same and moves no cursor: below U+0020 JSON itself leaves nothing as it is, but some terminals
 * obey what stands behind U+007F too, and directions turn around what is read.
 */
export function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Items of a list in any format; as one item rather than a list when it was asked for by name. */
export async function printItems<T>(
  items: readonly T[],
  resource: Resource<T>,
  look: {
    readonly format: Format;
    readonly single: boolean;
    readonly colours: Colours;
    readonly now: number;
  },
): Promise<string> {
  switch (look.format) {
    case 'json':
    case 'yaml':
      return printData(look.single && items.length === 1 ? items[0] : { items }, look.format);
    case 'name':
      return items.map((item) => `${resource.singular}/${resource.nameOf(item)}\n`).join('');
    case 'table':
    case 'wide':
      return printTable(items, columnsFor(resource, look.format, items, look));
  }
}

/** The columns that a format shows. Those that say nothing of any item (nothing is paused, say) only take room. */
export function columnsFor<T>(
  resource: Resource<T>,
  format: Format,
  items: readonly T[],
  look: { readonly colours: Colours; readonly now: number },
): readonly Column<T>[] {
  return resource
    .columns(look)
    .filter(({ wide }) => !wide || format !== 'table')
    .filter(({ heading, cell }) => !OPTIONAL.has(heading) || items.some((item) => cell(item) !== ''));
}

const OPTIONAL = new Set(['PAUSED', 'PROBLEM', 'MESSAGE', 'REASON']);

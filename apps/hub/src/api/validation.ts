import { LISTS, ListQuery, type ListName } from '@muster/api';
import type { ListRequest } from '@muster/store';
import type { z } from 'zod';
import { schemaMessage } from '../schema-messages.ts';
import { type FieldError, invalidRequest } from './problem.ts';

/** A body as its schema says, or the Problem that names each wrong field. No body counts as an empty object. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return read(schema, body ?? {});
}

export function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> {
  return read(schema, query);
}

/**
 * The query of a list. Values of filters are separated by commas, or the parameter is repeated. Which filters and
 * sort keys there are is checked where they are put into SQL; here, that nothing else was given.
 */
export function readListRequest(list: ListName, query: unknown): ListRequest {
  const given = query as Readonly<Record<string, string | readonly string[]>>;
  const common: Record<string, unknown> = {};
  const filters: Record<string, string[]> = {};
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(ListQuery.shape, name)) common[name] = value;
    else if ((LISTS[list].filters as readonly string[]).includes(name))
      filters[name] = [value].flat().flatMap((it) => it.split(','));
    else errors.push({ field: name.slice(0, 64), message: unknownParameter(list) });
  }
  const parsed = ListQuery.safeParse(common, { error: schemaMessage });
  if (!parsed.success) errors.push(...fieldErrors(parsed.error));
  if (errors.length > 0 || !parsed.success) throw invalidRequest(errors);
  return { ...parsed.data, filters };
}

function unknownParameter(list: ListName): string {
  const { filters, labelSelector } = LISTS[list];
  const names = [...filters, ...(labelSelector ? ['labelSelector'] : []), 'sort', 'limit', 'page'];
  return `There is no such parameter here; there are ${names.join(', ')}.`;
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: schemaMessage });
  if (!parsed.success) throw invalidRequest(fieldErrors(parsed.error));
  return parsed.data;
}

/** `set.env`, `clusters[0]`; '' for the whole. */
function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: fieldName([...issue.path, key.slice(0, 64)]),
          message: 'There is no such field: leave it out, or check its spelling.',
        }))
      : [{ field: fieldName(issue.path), message: issue.message }],
  );
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}

import { LISTS } from '@muster/api';
import { parseLabelSelector } from '@muster/targeting';
import { parseCursor } from './cursor.ts';
import type { ListFilter, ListRequest, ListSource, QueryIssue, SortKey } from './list-source.ts';
import { Parameters } from './parameters.ts';
import { selectorConditions } from './selector-sql.ts';

export type ListStatement =
  | {
      readonly kind: 'statement';
      readonly text: string;
      readonly values: readonly unknown[];
      /** The order, as cursors of this list name it. */
      readonly sort: string;
      /** Each row carries its sort keys as texts in the columns `key_0`, `key_1`, … */
      readonly keyCount: number;
    }
  | { readonly kind: 'refused'; readonly issues: readonly QueryIssue[] };

interface Order extends SortKey {
  readonly descending: boolean;
}

/**
 * The one statement that reads a page: it asks for one row more than the page has, which tells whether another
 * follows. Every wrong parameter is named at once.
 */
export function listStatement(source: ListSource, request: ListRequest): ListStatement {
  const issues: QueryIssue[] = [];
  const parameters = new Parameters();
  const sort = request.sort ?? LISTS[source.list].sort[0];
  const order = readOrder(source, sort, issues);
  const conditions = [
    ...Object.entries(request.filters).map(([name, values]) =>
      filterCondition(source, name, values, parameters, issues),
    ),
    ...labelConditions(source, request.labelSelector, parameters, issues),
    ...pageCondition(source, request.page, sort, order, parameters, issues),
  ];
  if (issues.length > 0) return { kind: 'refused', issues };
  const text = [
    source.ctes === '' ? '' : `with ${source.ctes}`,
    `select ${source.columns}${order.map((key, at) => `, (${key.sql})::text as key_${at}`).join('')}`,
    source.from,
    conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`,
    `order by ${order.map((key) => `${comparable(key)}${key.descending ? ' desc' : ''}`).join(', ')}`,
    `limit ${parameters.add(request.limit + 1)}`,
  ];
  return {
    kind: 'statement',
    text: text.filter((line) => line !== '').join('\n'),
    values: parameters.values,
    sort,
    keyCount: order.length,
  };
}

function readOrder(source: ListSource, sort: string, issues: QueryIssue[]): Order[] {
  const named = sort.split(',').map((part) => {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    if (!Object.hasOwn(source.sorts, name)) {
      issues.push({
        field: 'sort',
        message: `"${name.slice(0, 64)}" is not sortable here; sort by ${Object.keys(source.sorts).join(', ')}.`,
      });
      return undefined;
    }
    return { ...source.sorts[name]!, descending };
  });
  const keys = source.key.map((key) => ({ ...key, descending: false }));
  const order: Order[] = [];
  for (const key of [...named, ...keys]) {
    if (key !== undefined && !order.some((it) => it.sql === key.sql)) order.push(key);
  }
  return order;
}

function filterCondition(
  source: ListSource,
  name: string,
  values: readonly string[],
  parameters: Parameters,
  issues: QueryIssue[],
): string {
  const filter = Object.hasOwn(source.filters, name) ? source.filters[name] : undefined;
  if (filter === undefined) {
    issues.push({
      field: name.slice(0, 64),
      message: `There is no such parameter here; filter by ${Object.keys(source.filters).join(', ')}.`,
    });
    return 'false';
  }
  const choices = choicesOf(filter);
  const wrong = values.find((value) => choices !== undefined && !choices.includes(value));
  if (wrong !== undefined) {
    issues.push({
      field: name,
      message: `"${wrong.slice(0, 64)}" is none of ${choices!.join(', ')}.`,
    });
  }
  const any = parameters.add(filter.kind === 'flag' ? values.map((value) => value === 'true') : [...values]);
  switch (filter.kind) {
    case 'text':
    case 'choice':
      return `${filter.sql} = any(${any}::text[])`;
    case 'flag':
      return `${filter.sql} = any(${any}::boolean[])`;
    case 'prefix':
      return `exists (select 1 from unnest(${any}::text[]) as wanted where starts_with(${filter.sql}, wanted))`;
    case 'image':
      return `exists (select 1 from unnest(${filter.sql}) as image, unnest(${any}::text[]) as wanted
        where image = wanted or starts_with(image, wanted || ':') or starts_with(image, wanted || '@'))`;
  }
}

function choicesOf(filter: ListFilter): readonly string[] | undefined {
  if (filter.kind === 'flag') return ['true', 'false'];
  return filter.kind === 'choice' ? filter.choices : undefined;
}

function labelConditions(
  source: ListSource,
  text: string | undefined,
  parameters: Parameters,
  issues: QueryIssue[],
): string[] {
  if (text === undefined) return [];
  if (source.labels === undefined) {
    issues.push({ field: 'labelSelector', message: 'What this list holds has no labels.' });
    return [];
  }
  const parsed = parseLabelSelector(text);
  if (parsed.kind === 'refused') {
    issues.push({ field: 'labelSelector', message: parsed.message });
    return [];
  }
  return selectorConditions(parsed.selector, source.labels, parameters);
}

/** The rows after the cursor: `a > x or (a = x and (b > y or …))`, since directions may differ. */
function pageCondition(
  source: ListSource,
  page: string | undefined,
  sort: string,
  order: readonly Order[],
  parameters: Parameters,
  issues: QueryIssue[],
): string[] {
  if (page === undefined || issues.length > 0) return [];
  const cursor = parseCursor(page);
  if (cursor?.list !== source.list || cursor.sort !== sort || cursor.keys.length !== order.length) {
    issues.push({
      field: 'page',
      message: 'This is no page of this list in this order: take `nextPage` of the answer before, as it is.',
    });
    return [];
  }
  const places = order.map((key, at) => `${parameters.add(cursor.keys[at]!)}::${key.type}`);
  return [
    order.reduceRight((rest, key, at) => {
      const beyond = `${comparable(key)} ${key.descending ? '<' : '>'} ${places[at]!}`;
      return rest === '' ? beyond : `(${beyond} or (${key.sql} = ${places[at]!} and ${rest}))`;
    }, ''),
  ];
}

function comparable(key: SortKey): string {
  return key.type === 'text' ? `(${key.sql}) collate "C"` : `(${key.sql})`;
}

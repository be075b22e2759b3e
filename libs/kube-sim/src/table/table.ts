import { at, type Json, type JsonObject } from '../json/value.ts';
import type { PrinterColumn, ServedResource } from '../registry/served-resource.ts';
import { ageColumn, columnsByKind, nameColumn, type Column } from './columns.ts';
import { humanDuration } from './duration.ts';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** Of a CRD's `additionalPrinterColumns`: simple paths, as nearly all of them are. */
const customColumn = (column: PrinterColumn): Column => {
  const path = column.jsonPath.split('.').filter((part) => part !== '');
  return {
    name: column.name,
    type: column.type === 'integer' ? 'integer' : 'string',
    cell: (object, now) => {
      const value = at(object, ...path);
      if (value === undefined || value === null) return null;
      if (column.type === 'date' && typeof value === 'string') return humanDuration(now - Date.parse(value));
      return typeof value === 'object' ? JSON.stringify(value) : value;
    },
    ...(column.priority > 0 && { wide: true as const }),
  };
};

const generic: readonly Column[] = [nameColumn, ageColumn];

const columnsFor = (resource: ServedResource): readonly Column[] => {
  if (resource.columns !== undefined) return [nameColumn, ...resource.columns.map(customColumn)];
  return columnsByKind[`${resource.group}/${resource.kind}`] ?? generic;
};

export const columnsOf = (resource: ServedResource): readonly ColumnDefinition[] =>
  columnsFor(resource).map(({ name, type, wide }) => ({
    name,
    type,
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: wide === true ? 1 : 0,
  }));

export const rowOf = (resource: ServedResource, object: JsonObject, now: number): readonly Json[] =>
  columnsFor(resource).map(({ cell }) => cell(object, now));

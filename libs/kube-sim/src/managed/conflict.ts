import { isObject, type Json } from '../json/value.ts';
import { pathsOf, type FieldSet } from '../fields/field-set.ts';
import { managerKey, type Manager } from './managers.ts';

/** Fields that an applier wants to be other than what another manager made them. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

const printed = (value: Json): string => JSON.stringify(value);

/** `.spec.containers[name="web"].image`, the way Kubernetes prints a path. */
export const printPath = (path: readonly string[]): string =>
  path
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith('f:')) return `.${text}`;
      if (element.startsWith('v:')) return `[=${text}]`;
      if (element.startsWith('i:')) return `[${text}]`;
      const keys = JSON.parse(text) as Json;
      if (!isObject(keys)) return `[${text}]`;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${printed(value)}`)
        .join(',')}]`;
    })
    .join('');

const printManager = ({ name, subresource, operation, apiVersion, time }: Manager): string => {
  const who = subresource === '' ? `"${name}"` : `"${name}" with subresource "${subresource}"`;
  return operation === 'Apply' ? who : `${who} using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
};

export interface ConflictReport {
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
}

/** What the API server tells the applier. */
export const reportOf = (conflicts: readonly Conflict[]): ConflictReport => {
  const sorted = [...conflicts].sort((a, b) => (managerKey(a.manager) < managerKey(b.manager) ? -1 : 1));
  const found = sorted.map(({ manager, fields }) => ({
    manager: printManager({ ...manager, time: undefined }),
    paths: [...pathsOf(fields)].map(printPath),
  }));
  const causes = found.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  );
  const [only] = causes;
  const message =
    causes.length === 1 && only !== undefined
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${found
          .map(({ manager, paths }) =>
            [`conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`)].join('\n'),
          )
          .join('\n')}`;
  return { message, causes };
};

import type { Revision } from '@muster/api';
import { ago, firstLine, printProblem, shortSha } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const revisions: Resource<Revision> = {
  list: 'revisions',
  singular: 'revision',
  columns: ({ colours, now }) => [
    { heading: 'REVISION', cell: (it) => shortSha(it.sha) + (it.newest ? '*' : '') },
    {
      heading: 'STATE',
      cell: (it) => it.state,
      paint: (it, text) => (it.state === 'Refused' ? colours.red(text) : text),
    },
    { heading: 'AGE', cell: (it) => ago(it.committedAt, now), ages: true },
    { heading: 'AUTHOR', cell: (it) => it.author },
    { heading: 'MESSAGE', cell: (it) => clip(firstLine(it.message), 50) },
    { heading: 'PROBLEM', cell: firstProblem },
    { heading: 'BUNDLES', cell: (it) => String(it.bundles.total), wide: true },
    { heading: 'FAILING', cell: (it) => String(it.bundles.failing), wide: true },
    {
      heading: 'TOOK',
      cell: (it) => (it.resolveMs === null ? '' : `${Math.round(it.resolveMs)}ms`),
      wide: true,
    },
    { heading: 'COMMIT', cell: (it) => it.sha, wide: true },
  ],
  nameOf: (it) => it.sha,
  find: (sha) => ({ sha }),
};

function firstProblem({ problems: [first, ...others] }: Revision): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${firstLine(printProblem(first))}${more}`;
}

function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

import type { TreeNode } from '@muster/api';
import type { Colours } from './colours.ts';
import { paintHealth } from './colours.ts';
import { printTable } from './table.ts';
import { ago } from './text.ts';

interface Row {
  readonly indent: string;
  readonly node: TreeNode;
}

/** Objects below those that own them, with how they are and how old. */
export function printTree(
  nodes: readonly TreeNode[],
  { colours, now }: { readonly colours: Colours; readonly now: number },
): string {
  return printTable(rowsOf(nodes), [
    { heading: 'OBJECT', indented: true, cell: ({ indent, node }) => `${indent}${nameOf(node)}` },
    {
      heading: 'HEALTH',
      cell: ({ node }) => (node.terminating ? `${node.health} (leaving)` : node.health),
      paint: ({ node }, text) => paintHealth(colours, node.health, text),
    },
    { heading: 'AGE', cell: ({ node }) => (node.createdAt === null ? '' : ago(node.createdAt, now)) },
    { heading: 'MESSAGE', cell: ({ node }) => (node.health === 'Healthy' ? '' : node.message) },
  ]);
}

function nameOf({ kind, namespace, name, parentUid }: TreeNode): string {
  return `${kind} ${namespace !== '' && parentUid === '' ? `${namespace}/` : ''}${name}`;
}

function rowsOf(nodes: readonly TreeNode[]): readonly Row[] {
  const uids = new Set(nodes.map(({ uid }) => uid));
  const isRoot = ({ parentUid }: TreeNode): boolean => parentUid === '' || !uids.has(parentUid);
  const rows: Row[] = [];
  const add = (node: TreeNode, own: string, below: string): void => {
    rows.push({ indent: own, node });
    const children = node.uid === '' ? [] : nodes.filter(({ parentUid }) => parentUid === node.uid);
    children.forEach((child, index) => {
      const isLast = index === children.length - 1;
      add(child, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`);
    });
  };
  for (const node of nodes) if (isRoot(node)) add(node, '', '');
  return rows;
}

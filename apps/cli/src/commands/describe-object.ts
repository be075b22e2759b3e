import type { BundleDifferences, BundleTree, KubernetesEvents, LiveObject, TreeNode } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { printData } from '../output/format.ts';
import { ago, orNone, printLabels } from '../output/text.ts';
import { printTree } from '../output/tree.ts';
import { printDifferences } from './diff.ts';
import { printEvents } from './kubernetes-events.ts';
import { tellNotices } from './notices.ts';
import { inspectPath, objectQuery } from './object-query.ts';

export interface DescribeObjectOptions {
  readonly cluster?: string;
  readonly bundle?: string;
  readonly namespace?: string;
  readonly output?: string;
}

/** `muster describe object KIND/NAME --cluster C --bundle B`: an object as it is there now, and all about it. */
export async function describeObject(
  { io, hub, colours }: Context,
  object: string,
  { cluster, bundle, namespace, output }: DescribeObjectOptions,
): Promise<ExitCode> {
  if (cluster === undefined || bundle === undefined)
    throw new CliError('which cluster and bundle are meant?', {
      exitCode: EXIT_USAGE,
      hint: `Try \`muster describe object ${object} --cluster NAME --bundle NAME\`.`,
    });
  const query = objectQuery(object, namespace);
  const found = await hub.get<LiveObject>(inspectPath(cluster, bundle, 'object'), query);
  if (output === 'json' || output === 'yaml') {
    io.stdout(await printData(found.object, output));
    return EXIT_OK;
  }
  const { node } = found;
  const exactly = { group: node.group, kind: node.kind, namespace: node.namespace, name: node.name };
  const [tree, events, differences] = await Promise.all([
    hub.get<BundleTree>(inspectPath(cluster, bundle, 'tree')),
    hub.get<KubernetesEvents>(inspectPath(cluster, bundle, 'events'), exactly),
    // What something else owns is in no manifest.
    node.parentUid === ''
      ? hub.get<BundleDifferences>(inspectPath(cluster, bundle, 'differences'), exactly)
      : undefined,
  ]);
  const look = { colours, now: io.now() };
  const owned = belowOf(node, tree.nodes);
  io.stdout(
    [
      facts(found, io.now()),
      owned.length > 0 ? `\nOwns:\n${printTree(owned, look)}` : '',
      differences ? `\nAgainst its manifest:\n${printDifferences(differences.differences, colours)}` : '',
      events.events.length > 0 ? `\nEvents:\n${printEvents(events.events, look)}` : '\nNo events.\n',
    ].join(''),
  );
  tellNotices(io, [...new Set([...tree.notices, ...events.notices])]);
  return EXIT_OK;
}

function facts({ node, object, cluster, bundle }: LiveObject, now: number): string {
  const metadata = (object?.['metadata'] ?? {}) as {
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly generation?: number;
  };
  const apiVersion = node.group === '' ? node.version : `${node.group}/${node.version}`;
  const lines: readonly (readonly [string, string])[] = [
    ['Kind', `${node.kind} (${apiVersion})`],
    ['Name', node.name],
    ['Namespace', orNone(node.namespace)],
    ['Cluster', cluster],
    ['Bundle', bundle],
    ['Health', node.message ? `${node.health}: ${node.message}` : node.health],
    ['Age', node.createdAt === null ? '<none>' : ago(node.createdAt, now)],
    ['Uid', orNone(node.uid)],
    ['Generation', metadata.generation === undefined ? '' : String(metadata.generation)],
    ['Labels', printLabels(metadata.labels ?? {})],
  ];
  return lines
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${`${name}:`.padEnd(13)}${text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')}\n`)
    .join('');
}

/** All that it owns; each comes after its owner. */
function belowOf({ uid }: TreeNode, nodes: readonly TreeNode[]): readonly TreeNode[] {
  const owners = new Set(uid === '' ? [] : [uid]);
  return nodes.filter((node) => {
    if (!owners.has(node.parentUid)) return false;
    if (node.uid !== '') owners.add(node.uid);
    return true;
  });
}

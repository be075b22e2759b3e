import type { BundleTree } from '@muster/api';
import type { Context } from '../context.ts';
import { EXIT_OK } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { parseFormat, printData } from '../output/format.ts';
import { printTree } from '../output/tree.ts';
import { tellNotices } from './notices.ts';
import { inspectPath } from './object-query.ts';
import type { InspectOptions } from './object-query.ts';

/** `muster tree BUNDLE --cluster C`: what a bundle has there, and what that owns. */
export async function tree(
  { io, hub, colours }: Context,
  bundle: string,
  options: InspectOptions & { readonly output: string },
): Promise<ExitCode> {
  const format = parseFormat(options.output);
  const answer = await hub.get<BundleTree>(inspectPath(options.cluster, bundle, 'tree'));
  if (format === 'json' || format === 'yaml') io.stdout(await printData(answer, format));
  else if (answer.nodes.length === 0) io.stderr('No objects found.\n');
  else io.stdout(printTree(answer.nodes, { colours, now: io.now() }));
  tellNotices(io, answer.notices);
  return EXIT_OK;
}

/** `muster get objects --live`: the objects of the manifest alone, as they are now. */
export async function liveObjects(
  { io, hub, colours }: Context,
  of: { readonly cluster: string; readonly bundle: string; readonly kind?: string | undefined },
  output: string,
): Promise<ExitCode> {
  const format = parseFormat(output);
  const { nodes, notices } = await hub.get<BundleTree>(inspectPath(of.cluster, of.bundle, 'tree'));
  const kind = of.kind?.toLowerCase();
  const items = nodes.filter(
    (node) => node.parentUid === '' && (kind === undefined || node.kind.toLowerCase() === kind),
  );
  if (format === 'json' || format === 'yaml') io.stdout(await printData({ items }, format));
  else if (items.length === 0) io.stderr('No objects found.\n');
  else io.stdout(printTree(items, { colours, now: io.now() }));
  tellNotices(io, notices);
  return EXIT_OK;
}

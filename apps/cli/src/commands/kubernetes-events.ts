import type { KubernetesEvent, KubernetesEvents } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { parseFormat, printData } from '../output/format.ts';
import type { Colours } from '../output/colours.ts';
import { printTable } from '../output/table.ts';
import { ago } from '../output/text.ts';
import { tellNotices } from './notices.ts';
import { inspectPath, objectQuery } from './object-query.ts';

export interface KubernetesEventsOptions {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly output: string;
  readonly bundle?: string;
  readonly watch?: boolean;
  readonly type?: string;
}

/** `muster events BUNDLE [OBJECT] --cluster C`: what Kubernetes tells about a bundle's objects there, the latest last. */
export async function kubernetesEvents(
  { io, hub, colours }: Context,
  bundle: string,
  object: string | undefined,
  { cluster, namespace, output, ...ofTheHub }: KubernetesEventsOptions,
): Promise<ExitCode> {
  if (cluster === undefined)
    throw new CliError('which cluster is meant?', {
      exitCode: EXIT_USAGE,
      hint: `Try \`muster events ${bundle} --cluster NAME\`; the hub's own events about it: \`muster events --bundle ${bundle}\`.`,
    });
  const { watch, type } = ofTheHub;
  if (watch || type !== undefined || ofTheHub.bundle !== undefined || output === 'name')
    throw new CliError("--watch, --type, --bundle and -o name are for the hub's own events", {
      exitCode: EXIT_USAGE,
      hint: `Leave them out, or ask for those: \`muster events --bundle ${bundle} --cluster ${cluster}\`.`,
    });
  const format = parseFormat(output);
  const answer = await hub.get<KubernetesEvents>(
    inspectPath(cluster, bundle, 'events'),
    objectQuery(object, namespace),
  );
  if (format === 'json' || format === 'yaml') io.stdout(await printData(answer, format));
  else if (answer.events.length === 0)
    io.stderr('No events found; Kubernetes keeps them for about an hour.\n');
  else io.stdout(printEvents(answer.events, { colours, now: io.now() }));
  tellNotices(io, answer.notices);
  return EXIT_OK;
}

export function printEvents(
  events: readonly KubernetesEvent[],
  { colours, now }: { readonly colours: Colours; readonly now: number },
): string {
  return printTable(events, [
    { heading: 'AGE', cell: (it) => ago(it.lastAt, now) },
    {
      heading: 'TYPE',
      cell: (it) => it.type,
      paint: (it, text) => (it.type === 'Warning' ? colours.yellow(text) : text),
    },
    { heading: 'REASON', cell: (it) => it.reason },
    { heading: 'OBJECT', cell: (it) => `${it.kind} ${it.namespace && `${it.namespace}/`}${it.name}` },
    { heading: 'COUNT', cell: (it) => String(it.count) },
    { heading: 'MESSAGE', cell: (it) => it.message },
  ]);
}

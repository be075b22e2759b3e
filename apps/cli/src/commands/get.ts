import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Query } from '../hub-api/client.ts';
import { parseFormat, printItems } from '../output/format.ts';
import { findResource } from '../resources/find-resource.ts';
import { watch } from './watch.ts';

export interface GetOptions {
  readonly selector?: string;
  readonly output: string;
  readonly watch?: boolean;
  readonly sortBy?: string;
  readonly limit?: string;
  readonly cluster?: string;
  readonly bundle?: string;
  readonly sync?: string;
  readonly health?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly manager?: string;
  readonly field?: string;
  readonly type?: string;
  readonly live?: boolean;
}

/** `muster get LIST [NAME]`. */
export async function get(
  context: Context,
  list: string,
  name: string | undefined,
  options: GetOptions,
): Promise<ExitCode> {
  const { io, hub, colours } = context;
  const resource = findResource(list);
  if (options.live) return getLive(context, resource.list, name, options);
  const format = parseFormat(options.output);
  const limit = parseLimit(options.limit);
  const query: Query = {
    labelSelector: options.selector,
    sort: options.sortBy,
    cluster: options.cluster,
    bundle: options.bundle,
    sync: options.sync,
    health: options.health,
    state: options.state,
    kind: options.kind,
    manager: options.manager,
    field: options.field,
    type: options.type,
    ...(name === undefined ? {} : resource.find(name)),
  };
  const read = () => hub.list<unknown>(resource.list, query, limit);
  if (options.watch) {
    await watch(context, resource, format, read);
    return EXIT_OK;
  }
  const items = await read();
  if (name !== undefined && items.length === 0) {
    throw new CliError(`there is no ${resource.singular} "${name}"`, { exitCode: EXIT_NO });
  }
  if (items.length === 0 && (format === 'table' || format === 'wide')) {
    io.stderr(`No ${resource.list} found.\n`);
    return EXIT_OK;
  }
  io.stdout(
    await printItems(items, resource, { format, single: name !== undefined, colours, now: io.now() }),
  );
  return EXIT_OK;
}

/** What narrows lists of the hub; an agent is asked for all objects of a bundle. */
const ofLists = [
  'selector',
  'sortBy',
  'limit',
  'sync',
  'health',
  'state',
  'manager',
  'field',
  'type',
] as const;

/** Only objects are anywhere else than at the hub. */
async function getLive(
  context: Context,
  list: string,
  name: string | undefined,
  options: GetOptions,
): Promise<ExitCode> {
  const { cluster, bundle, kind, output } = options;
  const isMore = name !== undefined || options.watch || ofLists.some((it) => options[it] !== undefined);
  if (list !== 'objects' || cluster === undefined || bundle === undefined || isMore || output === 'name')
    throw new CliError(
      '--live shows the objects of one bundle in one cluster, as they are now; of the rest only --kind and -o table, json or yaml go with it',
      {
        exitCode: EXIT_USAGE,
        hint: 'Try `muster get objects --live --cluster NAME --bundle NAME`.',
      },
    );
  return (await import('./tree.ts')).liveObjects(context, { cluster, bundle, kind }, output);
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new CliError(`--limit must be a whole number from 1, and is "${text}"`, { exitCode: EXIT_USAGE });
}

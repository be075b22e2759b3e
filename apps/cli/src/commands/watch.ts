import type { ChangeNotice, ListName } from '@muster/api';
import type { Context } from '../context.ts';
import { changes } from '../hub-api/changes.ts';
import { HubUnreachable } from '../hub-api/client.ts';
import { columnsFor, printData } from '../output/format.ts';
import type { Format } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import type { Resource } from '../resources/resource.ts';

/**
 * Prints a list, and then of each item that changes its new line, as `kubectl get -w` does. With `-o json` a line is
 * one item; with `-o yaml` an item is one document. Ends on Ctrl-C.
 */
export async function watch<T>(
  { io, hub, colours }: Context,
  resource: Resource<T>,
  format: Format,
  read: () => Promise<readonly T[]>,
): Promise<void> {
  let shown: ReadonlyMap<string, string> = new Map();
  let isFirst = true;
  for await (const _ of changes(hub, [topicOf(resource.list)], io.signal)) {
    // While the hub is away (restarted, say) there is nothing new; at first it is an error.
    const items = await read().catch((error: unknown) => {
      if (isFirst || !(error instanceof HubUnreachable)) throw error;
      return undefined;
    });
    if (items === undefined) continue;
    const columns = columnsFor(resource, format, items, { colours, now: io.now() });
    const identities = new Map(
      items.map((item) => {
        // How long ago something was is always another; that alone is no change.
        const cells = columns.filter(({ ages }) => !ages).map(({ cell }) => cell(item));
        return [resource.nameOf(item), JSON.stringify(cells)] as const;
      }),
    );
    const news = items.filter((item) => {
      const name = resource.nameOf(item);
      return shown.get(name) !== identities.get(name);
    });
    if (format === 'table' || format === 'wide') {
      const [heading, ...lines] = printTable(items, columns).split('\n');
      if (isFirst) io.stdout(`${heading!}\n`);
      for (const item of news) io.stdout(`${lines[items.indexOf(item)]!}\n`);
    } else {
      for (const item of news) io.stdout(await printOne(item, resource, format));
    }
    shown = identities;
    isFirst = false;
  }
}

async function printOne<T>(
  item: T,
  resource: Resource<T>,
  format: 'json' | 'yaml' | 'name',
): Promise<string> {
  if (format === 'name') return `${resource.singular}/${resource.nameOf(item)}\n`;
  return format === 'json' ? `${JSON.stringify(item)}\n` : `---\n${await printData(item, 'yaml')}`;
}

/** Every list is announced by its name, but for those that hold what people do. */
function topicOf(list: ListName): ChangeNotice['topics'][number] {
  if (list === 'drift') return 'objects';
  return list === 'join-tokens' || list === 'events' || list === 'pauses' ? 'status' : list;
}

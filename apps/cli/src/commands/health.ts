import { healthOf } from '@muster/health';
import type { HealthStatus } from '@muster/health';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { readObjects } from '../objects/read-objects.ts';
import type { GivenObject } from '../objects/read-objects.ts';
import { coloursFor, paintHealth } from '../output/colours.ts';
import { parseFormat, printData } from '../output/format.ts';
import type { Format } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import { orNone } from '../output/text.ts';

export interface HealthOptions {
  readonly filename: readonly string[];
  readonly output: string;
  readonly check?: boolean;
}

/** What is printed of an object, in this order. */
interface Judged {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly health: HealthStatus;
  readonly message: string;
}

/** `muster health -f FILE|-`: the health of any objects, with no hub and no cluster. */
export async function health(io: Io, options: HealthOptions): Promise<ExitCode> {
  const format = parseFormat(options.output);
  const judged = (await readObjects(io, options.filename)).map(judge);
  if (judged.length === 0 && (format === 'table' || format === 'wide')) {
    throw new CliError(`there are no objects in ${options.filename.join(', ')}`, { exitCode: EXIT_USAGE });
  }
  io.stdout(await print(judged, format, io));
  const isWell = judged.every(({ health: is }) => is === 'Healthy' || is === 'Suspended');
  return options.check && !isWell ? EXIT_NO : EXIT_OK;
}

function judge(object: GivenObject): Judged {
  const { status, message } = healthOf(object);
  const metadata = (object['metadata'] ?? {}) as {
    namespace?: unknown;
    name?: unknown;
    generateName?: unknown;
  };
  const name = metadata.name ?? metadata.generateName;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : null,
    name: typeof name === 'string' ? name : '',
    health: status,
    message,
  };
}

async function print(judged: readonly Judged[], format: Format, io: Io): Promise<string> {
  const colours = coloursFor(io);
  switch (format) {
    case 'json':
    case 'yaml':
      return printData(judged, format);
    case 'name':
      return judged.map((it) => `${resourceName(it)}\n`).join('');
    case 'table':
    case 'wide':
      return printTable(judged, [
        ...(format === 'wide' ? [{ heading: 'APIVERSION', cell: (it: Judged) => it.apiVersion }] : []),
        { heading: 'KIND', cell: (it) => it.kind },
        { heading: 'NAMESPACE', cell: (it) => orNone(it.namespace) },
        { heading: 'NAME', cell: (it) => orNone(it.name) },
        {
          heading: 'HEALTH',
          cell: (it) => it.health,
          paint: (it, text) => paintHealth(colours, it.health, text),
        },
        { heading: 'MESSAGE', cell: (it) => it.message },
      ]);
  }
}

/** As kubectl prints it: `deployment.apps/web`, `configmap/settings`. */
function resourceName({ apiVersion, kind, name }: Judged): string {
  const [group, version] = apiVersion.split('/', 2);
  return `${kind.toLowerCase()}${version === undefined ? '' : `.${group}`}/${name}`;
}

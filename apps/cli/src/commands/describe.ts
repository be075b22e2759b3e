import type { Assignment, Bundle, Cluster, FieldDifference, Pause, RepoProblem, Revision } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { columnsFor } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import { ago, count, orNone, outOf, plainTexts, printPlace, printProblem } from '../output/text.ts';
import { assignments } from '../resources/assignments.ts';
import { findResource } from '../resources/find-resource.ts';
import type { DescribeObjectOptions } from './describe-object.ts';

/** A line of a description; one without text is left out. */
type Line = readonly [string, string | undefined];

/** `muster describe cluster|bundle|revision NAME`. */
export async function describe(
  context: Context,
  kind: string,
  name: string,
  options: DescribeObjectOptions = {},
): Promise<ExitCode> {
  const { hub, io } = context;
  if (Object.values(options).some((it) => it !== undefined))
    throw new CliError('--cluster, --bundle, --namespace and --output are for objects', {
      exitCode: EXIT_USAGE,
      hint: `Try \`muster get ${kind} ${name} -o yaml\`.`,
    });
  const resource = findResource(kind);
  const [item] = plainTexts(await hub.list<unknown>(resource.list, resource.find(name), 1));
  if (item === undefined)
    throw new CliError(`there is no ${resource.singular} "${name}"`, { exitCode: EXIT_NO });
  switch (resource.list) {
    case 'clusters':
      io.stdout(
        describeCluster(item as Cluster, io.now()) + (await assignmentsOf(context, { cluster: name })),
      );
      return EXIT_OK;
    case 'bundles':
      io.stdout(describeBundle(item as Bundle) + (await assignmentsOf(context, { bundle: name })));
      return EXIT_OK;
    case 'revisions':
      io.stdout(describeRevision(item as Revision, io.now()));
      return EXIT_OK;
    default:
      throw new CliError(`${resource.list} can't be described`, {
        exitCode: EXIT_USAGE,
        hint: `Try \`muster get ${resource.list} -o yaml\`.`,
      });
  }
}

function describeCluster(it: Cluster, now: number): string {
  return printLines([
    ['Name', it.name],
    ['Uid', orNone(it.uid)],
    ['Enrolled', it.enrolledAt ?? 'not yet: make a token with `muster cluster token`'],
    [
      'Connected',
      it.connected ? 'yes' : it.lastSeen === null ? 'no' : `no, seen ${ago(it.lastSeen, now)} ago`,
    ],
    ['Kubernetes', orNone(it.kubernetesVersion)],
    ['Agent', orNone(it.agentVersion)],
    ['Sync', it.sync],
    ['Health', it.health],
    ['Paused', printPause(it.paused)],
    ['Leaving', it.removal ? `its workloads are deleted, since ${it.removal.since}` : undefined],
    ['Generation', `${it.applied?.generation ?? '-'} applied of ${it.desired?.generation ?? '-'}`],
    ['Defined', it.definedIn === null ? undefined : printPlace(it.definedIn)],
    [
      'Labels',
      Object.entries(it.labels)
        .map(([key, value]) => `${key}=${value} (${it.labelSources[key] ?? '?'})`)
        .join('\n'),
    ],
    [
      'Annotations',
      Object.entries(it.annotations)
        .map(([key, value]) => `${key}=${value}`)
        .join('\n'),
    ],
  ]);
}

function describeBundle(it: Bundle): string {
  return printLines([
    ['Name', it.name],
    ['State', it.state],
    ['Revision', orNone(it.revision)],
    ['Defined', printPlace(it.definedIn)],
    ['Source', it.source.path || '.'],
    ['Include', it.source.include.join('\n')],
    ['Namespace', orNone(it.namespace)],
    ['Synced', outOf(it.synced, it.targets)],
    ['Healthy', outOf(it.healthy, it.targets)],
    ['Objects', String(it.objectCount)],
    ['Paused', printPause(it.paused)],
    ['Problems', printProblems(it.problems)],
  ]);
}

function describeRevision(it: Revision, now: number): string {
  return printLines([
    ['Commit', it.sha + (it.newest ? ' (newest)' : '')],
    ['State', it.state],
    ['Author', it.author],
    ['Committed', `${it.committedAt} (${ago(it.committedAt, now)} ago)`],
    ['Resolved in', it.resolveMs === null ? undefined : `${Math.round(it.resolveMs)} ms`],
    ['Bundles', `${it.bundles.total}, ${it.bundles.failing} failing`],
    ['Message', it.message],
    ['Problems', printProblems(it.problems)],
    ['Failing', printFailures(it)],
  ]);
}

/** Where it runs, and below that each object that is not as it should be. */
async function assignmentsOf(
  { hub, io, colours }: Context,
  of: { cluster?: string; bundle?: string },
): Promise<string> {
  const items = plainTexts(await hub.list<Assignment>('assignments', of));
  if (items.length === 0) return '\nNo assignments.\n';
  const columns = columnsFor(assignments, 'table', items, { colours, now: io.now() });
  const objects = items.flatMap((it) =>
    it.objects.map((object) => {
      const name = [object.namespace, object.name].filter((part) => part !== '').join('/');
      const line = `  ${it.bundle} on ${it.cluster}: ${object.kind} ${name}: ${object.sync}, ${object.health}: ${object.message || object.reason}\n`;
      return (
        line + (object.differences ?? []).map((difference) => `    ${printDifference(difference)}\n`).join('')
      );
    }),
  );
  const warnings = items.flatMap((it) =>
    it.warnings.map((text) => `  ${it.bundle} on ${it.cluster}: ${text}\n`),
  );
  return (
    `\n${printTable(items, columns)}` +
    (objects.length === 0 ? '' : `\nObjects that are not as they should be:\n${objects.join('')}`) +
    (warnings.length === 0 ? '' : `\nWarnings:\n${warnings.join('')}`)
  );
}

/** `/spec/replicas: 2, is 5 (hpa)`; what is masked, or not there, has no value. */
function printDifference({ path, desired, live, manager }: FieldDifference): string {
  const values = desired === '' && live === '' ? '' : `: ${desired || '(none)'}, is ${live || '(none)'}`;
  return `${path}${values}${manager && ` (${manager})`}`;
}

function printPause(pause: Pause | null): string | undefined {
  return pause === null
    ? undefined
    : `since ${pause.since} by ${pause.by}${pause.reason && `: ${pause.reason}`}`;
}

function printFailures({ failures, bundles }: Revision): string {
  const more = bundles.failing - failures.length;
  const lines = failures.map(({ bundle, message }) => `${bundle}: ${message}`);
  return [...lines, ...(more > 0 ? [`and ${count(more, 'more bundle')}`] : [])].join('\n');
}

function printProblems(problems: readonly RepoProblem[]): string {
  return problems.map(printProblem).join('\n');
}

function printLines(lines: readonly Line[]): string {
  const shown = lines.filter(
    (line): line is readonly [string, string] => line[1] !== undefined && line[1] !== '',
  );
  const width = Math.max(...shown.map(([name]) => name.length)) + 3;
  return shown
    .map(([name, text]) => `${`${name}:`.padEnd(width)}${text.split('\n').join(`\n${' '.repeat(width)}`)}\n`)
    .join('');
}

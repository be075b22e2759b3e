import type { Attention, FleetStatus, Revision } from '@muster/api';
import type { Context } from '../context.ts';
import { EXIT_OK } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Colours } from '../output/colours.ts';
import { parseFormat, printData } from '../output/format.ts';
import { ago, count, firstLine, outOf, plainTexts, printProblem, shortSha } from '../output/text.ts';
import { printScope } from './pause.ts';

/** So many the hub names; there may be more. */
const MOST_NAMED = 20;

/** `muster status`: the fleet at a glance, what is wrong first. */
export async function status(
  { io, hub, colours }: Context,
  options: { readonly output: string },
): Promise<ExitCode> {
  const format = parseFormat(options.output);
  const fleet = await hub.get<FleetStatus>('status');
  io.stdout(
    format === 'json' || format === 'yaml'
      ? await printData(fleet, format)
      : printStatus(plainTexts(fleet), colours, io.now()),
  );
  return EXIT_OK;
}

export function printStatus(fleet: FleetStatus, colours: Colours, now: number): string {
  const { clusters, bundles, assignments, repo } = fleet;
  const isSaid = (kind: Attention['kind']) => fleet.attention.some((it) => it.kind === kind);
  const wrong = [
    ...(repo.error === null || isSaid('Repo') ? [] : [colours.red(`Repo: ${repo.error}`)]),
    ...(isSaid('Revision') ? [] : refusal(fleet, colours)),
    ...fleet.pauses.map((it) =>
      colours.yellow(
        `Paused: ${printScope(it)}, since ${ago(it.since, now)}, by ${it.by}${it.reason && `: ${it.reason}`}`,
      ),
    ),
    ...fleet.attention.map(
      ({ kind, name, message }) =>
        `${kind} ${kind === 'Revision' ? shortSha(name) : name}: ${firstLine(message)}`,
    ),
  ];
  const place = [repo.url, repo.ref, repo.path].filter((it) => it !== '').join(' ');
  const lines: (readonly [string, string])[] = [
    ['Repo', `${place}, looked at ${ago(repo.fetchedAt, now)} ago`],
    ['Revision', printRevision(fleet.goodRevision, now)],
    [
      'Clusters',
      `${outOf(clusters.connected, clusters.total)} connected; ${counts(clusters.sync)}; ${counts(clusters.health)}`,
    ],
    [
      'Bundles',
      `${bundles.total}${bundles.failing === 0 ? '' : colours.red(`, ${bundles.failing} failing`)}`,
    ],
    ['Assignments', `${assignments.total}; ${counts(assignments.sync)}; ${counts(assignments.health)}`],
  ];
  const heading =
    wrong.length === 0
      ? ''
      : `${fleet.attention.length < MOST_NAMED ? '' : 'At least '}${count(wrong.length, 'thing')} to look at:\n${wrong.map((it) => `  ${it}\n`).join('')}\n`;
  return heading + lines.map(([name, text]) => `${`${name}:`.padEnd(14)}${text}\n`).join('');
}

/** The newest commit, if it isn't what the fleet is brought to. */
function refusal({ newestRevision }: FleetStatus, colours: Colours): string[] {
  if (newestRevision?.state !== 'Refused') return [];
  const [problem] = newestRevision.problems;
  const why = problem === undefined ? '' : `: ${printProblem(problem)}`;
  return [colours.red(`Revision ${shortSha(newestRevision.sha)} is refused${why}`)];
}

function printRevision(revision: Revision | null, now: number): string {
  if (revision === null) return '<none yet>';
  return `${shortSha(revision.sha)} ${firstLine(revision.message)} (${revision.author}, ${ago(revision.committedAt, now)} ago)`;
}

/** `5 Synced, 1 Unknown`; nothing of what there is none of. */
function counts(byWord: Readonly<Record<string, number>>): string {
  const some = Object.entries(byWord).filter(([, number]) => number > 0);
  return some.length === 0 ? 'none' : some.map(([word, number]) => `${number} ${word}`).join(', ');
}

import type { BundleDifferences, LiveDifference } from '@muster/api';
import type { Context } from '../context.ts';
import { EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Colours } from '../output/colours.ts';
import { parseFormat, printData } from '../output/format.ts';
import { count } from '../output/text.ts';
import { tellNotices } from './notices.ts';
import { inspectPath, objectQuery } from './object-query.ts';
import type { InspectOptions } from './object-query.ts';

/**
 * `muster diff BUNDLE [OBJECT] --live --cluster C`: what applying would change there. 0: nothing; 1: something; 2: it
 * cannot be told of everything.
 */
export async function diff(
  { io, hub, colours }: Context,
  bundle: string,
  object: string | undefined,
  options: InspectOptions & { readonly output: string },
): Promise<ExitCode> {
  const format = parseFormat(options.output);
  const answer = await hub.get<BundleDifferences>(
    inspectPath(options.cluster, bundle, 'differences'),
    objectQuery(object, options.namespace),
  );
  const { differences, notices } = answer;
  if (format === 'json' || format === 'yaml') io.stdout(await printData(answer, format));
  else io.stdout(printDifferences(differences, colours));
  tellNotices(io, notices);
  const isAny = (change: LiveDifference['change']): boolean => differences.some((it) => it.change === change);
  if (isAny('Unknown')) return EXIT_USAGE;
  return differences.every((it) => it.change === 'None') ? EXIT_OK : EXIT_NO;
}

export function printDifferences(differences: readonly LiveDifference[], colours: Colours): string {
  const different = differences.filter(({ change }) => change !== 'None');
  if (different.length === 0)
    return `${count(differences.length, 'object')} as the manifest says: applying would change nothing.\n`;
  return different.map((it) => printOne(it, colours)).join('');
}

function printOne(
  { change, kind, namespace, name, fields, message }: LiveDifference,
  colours: Colours,
): string {
  const { sign, paint } = {
    None: { sign: ' ', paint: colours.dim },
    Create: { sign: '+', paint: colours.green },
    Update: { sign: '~', paint: colours.yellow },
    Delete: { sign: '-', paint: colours.red },
    Unknown: { sign: '?', paint: colours.red },
  }[change];
  const title = `${sign} ${kind} ${namespace && `${namespace}/`}${name}`;
  const lines = fields.map(({ path, desired, live, manager }) => {
    const isHidden = desired === '' && live === '';
    const values = isHidden ? '' : `: ${live || '(none)'} → ${desired || '(none)'}`;
    return `    ${path}${values}${manager && `   (by ${manager})`}`;
  });
  return `${paint(plain(title))}${message && `: ${plain(message)}`}\n${lines.map((line) => `${plain(line)}\n`).join('')}`;
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

import type { LogEntry } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { escaped } from '../output/format.ts';
import { parseDuration } from './duration.ts';
import { tellNotices } from './notices.ts';
import { inspectPath, objectQuery } from './object-query.ts';
import type { InspectOptions } from './object-query.ts';

export interface LogsOptions extends InspectOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tail: string;
  readonly since?: string;
  readonly output: string;
}

/** `muster logs BUNDLE [OBJECT] --cluster C`: what its containers write, each line with its source where there are several. */
export async function logs(
  { io, hub, colours }: Context,
  bundle: string,
  object: string | undefined,
  options: LogsOptions,
): Promise<ExitCode> {
  if (options.follow && options.previous)
    throw new CliError('--follow and --previous exclude each other', {
      exitCode: EXIT_USAGE,
      hint: 'What ran before writes nothing any more.',
    });
  const query = {
    ...objectQuery(object, options.namespace),
    container: options.container,
    follow: options.follow ? 'true' : undefined,
    previous: options.previous ? 'true' : undefined,
    tailLines: parseTail(options.tail),
    sinceSeconds: options.since === undefined ? undefined : seconds(options.since),
  };
  let sources = 0;
  let lines = 0;
  let notices = 0;
  try {
    for await (const text of hub.lines(inspectPath(options.cluster, bundle, 'logs'), query)) {
      const entry = JSON.parse(text) as LogEntry;
      if (options.output === 'json') io.stdout(`${escaped(text)}\n`);
      switch (entry.type) {
        case 'source':
          sources += 1;
          break;
        case 'line': {
          lines += 1;
          const from =
            sources > 1 ? `${colours.dim(`[${plain(entry.pod)}/${plain(entry.container)}]`)} ` : '';
          if (options.output !== 'json') io.stdout(`${from}${plain(entry.text)}\n`);
          break;
        }
        case 'notice':
          notices += 1;
          tellNotices(io, [entry.message]);
          break;
        case 'error':
          throw new CliError(plain(entry.message), { exitCode: EXIT_NO });
      }
    }
  } catch (error) {
    // Ctrl-C is how following ends.
    if (options.follow && io.signal.aborted) return EXIT_OK;
    throw error;
  }
  return lines === 0 && notices > 0 ? EXIT_NO : EXIT_OK;
}

function seconds(since: string): string {
  return String(Math.ceil(parseDuration(since, '--since') / 1000));
}

function parseTail(text: string): string {
  if (text === 'all' || text === '-1') return '0';
  if (/^[1-9]\d{0,6}$/.test(text)) return text;
  throw new CliError(`--tail must be a number of lines or "all", and is "${text}"`, { exitCode: EXIT_USAGE });
}

/** Whoever wrote it, it doesn't move the cursor; tabs stay. */
function plain(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '');
}

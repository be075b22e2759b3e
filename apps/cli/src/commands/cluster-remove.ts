import type { Assignment, Cluster } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { changes } from '../hub-api/changes.ts';
import { HubUnreachable } from '../hub-api/client.ts';
import type { HubClient } from '../hub-api/client.ts';
import { count } from '../output/text.ts';
import { confirm } from './confirm.ts';
import { parseDuration } from './duration.ts';

export interface RemoveOptions {
  readonly yes?: boolean;
  readonly keepWorkloads?: boolean;
  readonly deleteWorkloads?: boolean;
  readonly timeout: string;
}

/**
 * `muster cluster rm NAME`: its agent stops. The workloads stay, or with `--delete-workloads` are deleted first: then
 * the command waits until the agent has said that nothing of them remains.
 */
export async function clusterRemove(
  context: Context,
  name: string,
  options: RemoveOptions,
): Promise<ExitCode> {
  const { io, hub } = context;
  if (options.keepWorkloads && options.deleteWorkloads) {
    throw new CliError('give --keep-workloads or --delete-workloads, not both', { exitCode: EXIT_USAGE });
  }
  if (options.deleteWorkloads) return removeWithWorkloads(context, name, options);
  await confirm(io, `The agent of ${name} will stop; the workloads stay as they are.`, options.yes);
  await hub.delete<unknown>(pathOf(name));
  io.stdout(`cluster/${name} removed\n`);
  return EXIT_OK;
}

async function removeWithWorkloads(
  { io, hub }: Context,
  name: string,
  options: RemoveOptions,
): Promise<ExitCode> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  // What a script does by mistake here, no commit brings back.
  if (!options.yes && !io.stdinIsTty) {
    throw new CliError(`everything that the fleet runs on ${name} would be deleted`, {
      exitCode: EXIT_USAGE,
      hint: 'Say --yes where nobody can be asked.',
    });
  }
  await confirm(
    io,
    `Everything that the fleet runs on ${name} will be deleted, namespaces and volumes included; then its agent stops.`,
    options.yes,
  );
  await hub.delete<unknown>(pathOf(name), { workloads: 'delete' });
  const clear = io.stderrIsTty ? '\r\u001b[K' : '';
  let remaining = '';
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]);
  for await (const _ of changes(hub, ['clusters', 'assignments', 'status'], signal)) {
    const seen = await remainingOf(hub, name).catch((error: unknown) => {
      if (!(error instanceof HubUnreachable)) throw error;
      return error.message;
    });
    if (seen === undefined) {
      io.stderr(clear);
      io.stdout(`cluster/${name} removed; nothing of its workloads remains\n`);
      return EXIT_OK;
    }
    if (seen === remaining) continue;
    remaining = seen;
    if (io.stderrIsTty) io.stderr(`${clear}Deleting: ${remaining}`);
  }
  if (io.stderrIsTty) io.stderr('\n');
  throw new CliError(`${io.signal.aborted ? 'interrupted' : `not within ${options.timeout}`}: ${remaining}`, {
    exitCode: EXIT_NO,
    hint: `The deletion goes on, and ${name} is removed when it is done; --keep-workloads removes it at once and leaves what remains.`,
  });
}

/** What is yet to go; `undefined` once the cluster is removed, which is when nothing is. */
async function remainingOf(hub: HubClient, name: string): Promise<string | undefined> {
  const clusters = await hub.list<Cluster>('clusters', { name });
  const cluster = clusters.find((it) => it.name === name);
  if (cluster === undefined || cluster.removal === null) return undefined;
  const bundles = await hub.list<Assignment>('assignments', { cluster: name });
  const parts = bundles.map(({ bundle, message }) => (message ? `${bundle} (${message})` : bundle));
  const what = parts.length === 0 ? 'the agent is to say that nothing remains' : parts.slice(0, 5).join('; ');
  const more = parts.length > 5 ? `; and ${count(parts.length - 5, 'bundle')} more` : '';
  return `${cluster.connected ? '' : `${name} is not connected, and goes on when it is; `}${what}${more}`;
}

function pathOf(name: string): string {
  return `clusters/${encodeURIComponent(name)}`;
}

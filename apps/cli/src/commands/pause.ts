import type { Pause, PauseRequest } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { clusterScope } from './scope.ts';
import type { ClusterOptions } from './scope.ts';

export interface PauseOptions extends ClusterOptions {
  readonly all?: boolean;
  readonly reason?: string;
}

/** `muster pause`: no writes at all to what it names, also by agents that are restarted. Never asks: it is the emergency stop. */
export async function pause(
  { io, hub }: Context,
  bundle: string | undefined,
  options: PauseOptions,
): Promise<ExitCode> {
  const request: PauseRequest = { ...oneScope(bundle, options), reason: options.reason ?? '' };
  const { items } = await hub.post<{ items: Pause[] }>('pauses', request);
  if (items.length === 0) throw new CliError('nothing matches, so nothing is paused', { exitCode: EXIT_NO });
  for (const it of items) io.stdout(`paused ${printScope(it)}\n`);
  return EXIT_OK;
}

export async function resume(
  { io, hub }: Context,
  bundle: string | undefined,
  options: PauseOptions,
): Promise<ExitCode> {
  const { all, clusters, ...rest } = oneScope(bundle, options);
  const query = { ...rest, ...(all && { all: 'true' }), ...(clusters && { cluster: clusters }) };
  const answer = await hub.delete<{ items: Pause[] }>('pauses', query);
  const items = answer?.items ?? [];
  if (items.length === 0) io.stderr('Nothing of it was paused.\n');
  for (const it of items) io.stdout(`resumed ${printScope(it)}\n`);
  return EXIT_OK;
}

function oneScope(bundle: string | undefined, options: PauseOptions) {
  const scope = {
    ...(bundle !== undefined && { bundle }),
    ...(options.all && { all: true as const }),
    ...clusterScope(options),
  };
  if (Object.keys(scope).length === 1) return scope;
  throw new CliError('it must be said what to pause or resume, in one way', {
    exitCode: EXIT_USAGE,
    hint: 'Give one of: a BUNDLE, --cluster NAME (repeatable), -l SELECTOR, or --all for the whole fleet.',
  });
}

export function printScope({ scope, name }: Pause): string {
  return scope === 'All' ? 'the whole fleet' : `${scope.toLowerCase()}/${name}`;
}

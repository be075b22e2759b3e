import type { DeletionConsentRequest, DeletionConsentResult, SyncRequest, SyncResult } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_NO, EXIT_OK } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { count, shortSha } from '../output/text.ts';
import { confirm } from './confirm.ts';
import { clusterScope } from './scope.ts';
import type { ClusterOptions } from './scope.ts';

/** `muster sync`: look at the repo and at the clusters now. */
export async function sync(
  { io, hub }: Context,
  bundle: string | undefined,
  options: ClusterOptions,
): Promise<ExitCode> {
  const request: SyncRequest = { ...(bundle !== undefined && { bundle }), ...clusterScope(options) };
  const { revision, asked, notConnected, repoError } = await hub.post<SyncResult>('sync', request);
  io.stdout(`revision ${shortSha(revision)}; asked ${count(asked.length, 'cluster')}\n`);
  if (notConnected.length > 0) io.stderr(`Not connected, and so not asked: ${notConnected.join(', ')}\n`);
  if (repoError) throw new CliError(`the repo could not be looked at: ${repoError}`, { exitCode: EXIT_NO });
  return EXIT_OK;
}

/** `muster allow-delete BUNDLE`: lets deletions go on that wait for consent. */
export async function allowDelete(
  { io, hub }: Context,
  bundle: string,
  options: ClusterOptions & { readonly yes?: boolean },
): Promise<ExitCode> {
  const request: DeletionConsentRequest = { bundle, ...clusterScope(options) };
  await confirm(io, `Objects of ${bundle} that wait for consent will be deleted.`, options.yes);
  const { clusters } = await hub.post<DeletionConsentResult>('deletion-consents', request);
  if (clusters.length === 0) {
    throw new CliError(`no deletion of ${bundle} waits for consent there`, { exitCode: EXIT_NO });
  }
  io.stdout(`deletions of bundle/${bundle} allowed on ${clusters.join(', ')}\n`);
  return EXIT_OK;
}

/** `muster recover`: after the hub's database came back from a backup, agents follow it again. */
export async function recover(
  { io, hub }: Context,
  options: { readonly reason?: string; readonly yes?: boolean },
): Promise<ExitCode> {
  await confirm(
    io,
    `Every cluster will follow what the hub at ${hub.url} says now, even if it has seen newer.`,
    options.yes,
  );
  const { epoch } = await hub.post<{ epoch: number }>('recovery', { reason: options.reason ?? '' });
  io.stdout(`recovered; the epoch is now ${epoch}\n`);
  return EXIT_OK;
}

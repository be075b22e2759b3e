import type { ClusterLabelsRequest, JoinTokenRequest, NewJoinToken } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { printData } from '../output/format.ts';
import { confirm } from './confirm.ts';
import { parseDuration } from './duration.ts';

export interface TokenOptions {
  readonly label?: readonly string[];
  readonly expires: string;
  readonly uses: string;
  readonly output?: string;
}

/** `muster cluster token [NAME]`: the token alone on stdout, so that a script can take it; it is shown this once. */
export async function clusterToken(
  { io, hub }: Context,
  name: string | undefined,
  options: TokenOptions,
): Promise<ExitCode> {
  const { set, remove } = parseLabelArguments(options.label ?? []);
  if (remove.length > 0)
    throw new CliError(`"${remove[0]}-" removes a label, and a token only gives some`, {
      exitCode: EXIT_USAGE,
    });
  const request: JoinTokenRequest = {
    ...(name !== undefined && { name }),
    labels: set,
    expiresInSeconds: Math.round(parseDuration(options.expires, '--expires') / 1000),
    maxUses: Number(options.uses),
  };
  const created = await hub.post<NewJoinToken>('join-tokens', request);
  if (options.output === 'json' || options.output === 'yaml') {
    io.stdout(await printData(created, options.output));
    return EXIT_OK;
  }
  io.stdout(`${created.token}\n`);
  if (io.stderrIsTty) {
    io.stderr(
      `For ${created.name === null ? 'any new cluster' : `cluster ${created.name}`}, until ${created.expiresAt}. Install the agent with:\n` +
        `  muster agent manifests --hub ${created.enrolmentAddress} --token TOKEN --image IMAGE | kubectl apply -f -\n`,
    );
  }
  return EXIT_OK;
}

/** `muster cluster label NAME KEY=VALUE… KEY-…`, as `kubectl label` has it. */
export async function clusterLabel(
  { io, hub }: Context,
  name: string,
  changes: readonly string[],
): Promise<ExitCode> {
  const request: ClusterLabelsRequest = parseLabelArguments(changes);
  await hub.post<unknown>(`clusters/${encodeURIComponent(name)}/labels`, request);
  io.stdout(`cluster/${name} labelled\n`);
  return EXIT_OK;
}

/** `muster cluster rm NAME`: its agent stops; the workloads stay. */
export async function clusterRemove(
  { io, hub }: Context,
  name: string,
  options: { readonly yes?: boolean },
): Promise<ExitCode> {
  await confirm(io, `The agent of ${name} will stop; the workloads stay as they are.`, options.yes);
  await hub.delete<unknown>(`clusters/${encodeURIComponent(name)}`);
  io.stdout(`cluster/${name} removed\n`);
  return EXIT_OK;
}

function parseLabelArguments(texts: readonly string[]): { set: Record<string, string>; remove: string[] } {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals > 0) set.set(text.slice(0, equals), text.slice(equals + 1));
    else if (equals === -1 && text.length > 1 && text.endsWith('-')) remove.push(text.slice(0, -1));
    else {
      throw new CliError(`"${text}" is no change of a label`, {
        exitCode: EXIT_USAGE,
        hint: 'Write KEY=VALUE to set one, KEY- to remove one.',
      });
    }
  }
  return { set: Object.fromEntries(set), remove };
}

import type { ClusterLabelsRequest, JoinTokenRequest, NewJoinToken } from '@muster/api';
import type { Context } from '../context.ts';
import { EXIT_OK } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { printData } from '../output/format.ts';
import { parseDuration } from './duration.ts';
import { parseLabelChanges, parseLabels } from './label-arguments.ts';

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
  const request: JoinTokenRequest = {
    ...(name !== undefined && { name }),
    labels: parseLabels(options.label ?? []),
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
        `  muster agent manifests --hub ${created.enrolmentAddress} --join-token TOKEN --image IMAGE | kubectl apply -f -\n`,
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
  const request: ClusterLabelsRequest = parseLabelChanges(changes);
  await hub.post<unknown>(`clusters/${encodeURIComponent(name)}/labels`, request);
  io.stdout(`cluster/${name} labelled\n`);
  return EXIT_OK;
}

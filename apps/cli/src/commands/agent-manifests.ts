import { agentManifests, isHostPort, parseRights } from '@muster/agent';
import type { Rights, RightsText } from '@muster/agent';
import type { JoinTokenRequest, NewJoinToken } from '@muster/api';
import type { Context } from '../context.ts';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { parseDuration } from './duration.ts';
import { parseLabels } from './label-arguments.ts';

export interface AgentManifestsOptions extends RightsText {
  readonly image: string;
  readonly name?: string;
  readonly label?: readonly string[];
  readonly expires: string;
  readonly joinToken?: string;
  readonly hub?: string;
  readonly hubSession?: string;
}

/**
 * `muster agent manifests`: an agent for `kubectl apply -f -`. With `--join-token` it needs no hub; without, it has
 * the hub make a token.
 */
export async function printAgentManifests(
  io: Io,
  open: () => Promise<Context>,
  options: AgentManifestsOptions,
): Promise<ExitCode> {
  const rights = rightsOf(options);
  checkAddresses(options);
  if (options.joinToken !== undefined && !/^muster-join-[\w-]+\.[\w-]+\.[\w-]+$/.test(options.joinToken))
    throw new CliError('--join-token is no join token', {
      exitCode: EXIT_USAGE,
      hint: '`muster cluster token` makes one; it begins with muster-join-.',
    });
  const { joinToken, hub } = options.joinToken === undefined ? await invite(open, options) : options;
  if (joinToken === undefined || hub === undefined) {
    throw new CliError('the agent must be told where its hub is', {
      exitCode: EXIT_USAGE,
      hint: "Give --hub HOST:PORT, the hub's enrolment listener as the cluster reaches it.",
    });
  }
  io.stdout(
    agentManifests({
      image: options.image,
      hub,
      joinToken,
      ...(options.hubSession !== undefined && { hubSession: options.hubSession }),
      ...(options.name !== undefined && { clusterName: options.name }),
      ...(rights && { rights }),
    }),
  );
  return EXIT_OK;
}

function checkAddresses({ hub, hubSession }: AgentManifestsOptions): void {
  for (const [flag, address] of Object.entries({ '--hub': hub, '--hub-session': hubSession })) {
    if (address === undefined || isHostPort(address)) continue;
    throw new CliError(`${flag} must be HOST:PORT, and is "${address}"`, { exitCode: EXIT_USAGE });
  }
}

/** Before a token is made for it. */
function rightsOf(options: AgentManifestsOptions): Rights | undefined {
  const parsed = parseRights(options);
  if (parsed.ok) return parsed.rights;
  throw new CliError(parsed.problems.join('\n'), { exitCode: EXIT_USAGE });
}

async function invite(open: () => Promise<Context>, options: AgentManifestsOptions) {
  const request: JoinTokenRequest = {
    ...(options.name !== undefined && { name: options.name }),
    labels: parseLabels(options.label ?? []),
    expiresInSeconds: Math.round(parseDuration(options.expires, '--expires') / 1000),
  };
  const { hub } = await open();
  const created = await hub.post<NewJoinToken>('join-tokens', request);
  return { joinToken: created.token, hub: options.hub ?? created.enrolmentAddress };
}

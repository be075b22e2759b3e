import { parseArgs } from 'node:util';
import { durationMs } from './duration.ts';
import { parseHealthAddress } from './health.ts';
import type { HealthAddress } from './health.ts';
import { isHostPort } from './host-port.ts';
import { isNamespaceName } from './install/names.ts';

/** Everything that an agent is told from outside. */
export interface AgentConfig {
  readonly kubeconfig: { readonly file?: string; readonly context?: string };
  /** `host:port` of the hub's enrolment listener. */
  readonly hub: string | undefined;
  /** `host:port` of the hub's sessions, where it isn't what the hub says. */
  readonly hubSession: string | undefined;
  readonly joinToken: string | undefined;
  readonly joinTokenFile: string | undefined;
  /** A Secret in the agent's namespace. */
  readonly joinTokenSecret: string | undefined;
  readonly clusterName: string | undefined;
  /** A file in place of a hub. */
  readonly desiredState: string | undefined;
  readonly statusFile: string | undefined;
  /** Where a liveness probe is answered; absent: nowhere. */
  readonly healthAddress: HealthAddress | undefined;
  /** Where the agent has rights; absent: everywhere. */
  readonly namespaces: readonly string[] | undefined;
  /** How often everything is looked at, whatever the watches tell. */
  readonly fullCheckMs: number;
  readonly logLevel: string;
  readonly podUid: string | undefined;
  readonly agentVersion: string;
  /** For tests: `<checkpoint>:<n>`. */
  readonly crashAt: string | undefined;
}

export const agentVersion = '0.1.0';

const flags = {
  kubeconfig: {
    variable: 'KUBECONFIG',
    value: 'FILE',
    help: "how to reach the cluster; in a pod its service account's",
  },
  context: {
    variable: 'MUSTER_CONTEXT',
    value: 'NAME',
    help: 'a context of the kubeconfig; default: its current one',
  },
  hub: {
    variable: 'MUSTER_HUB',
    value: 'HOST:PORT',
    help: "the hub's enrolment listener; needed for the first start",
  },
  'hub-session': {
    variable: 'MUSTER_HUB_SESSION',
    value: 'HOST:PORT',
    help: "the hub's sessions; default: what the hub says",
  },
  'join-token': {
    variable: 'MUSTER_JOIN_TOKEN',
    value: 'TOKEN',
    help: 'from `muster cluster token`; needed for the first start',
  },
  'join-token-file': {
    variable: 'MUSTER_JOIN_TOKEN_FILE',
    value: 'FILE',
    help: 'a file that holds the join token',
  },
  'join-token-secret': {
    variable: 'MUSTER_JOIN_TOKEN_SECRET',
    value: 'NAME',
    help: 'a Secret in muster-system with the join token; deleted when that is not needed any more',
  },
  'cluster-name': {
    variable: 'MUSTER_CLUSTER_NAME',
    value: 'NAME',
    help: "the name to enrol under; default: the token's",
  },
  'desired-state': {
    variable: 'MUSTER_DESIRED_STATE',
    value: 'FILE',
    help: 'keep the cluster as this file says, without a hub',
  },
  'status-file': {
    variable: 'MUSTER_STATUS_FILE',
    value: 'FILE',
    help: 'with --desired-state: where to write the statuses',
  },
  'health-listen': {
    variable: 'MUSTER_HEALTH_LISTEN',
    value: '[HOST]:PORT',
    help: 'answer GET /healthz there, for a liveness probe',
  },
  namespaces: {
    variable: 'MUSTER_NAMESPACES',
    value: 'A,B',
    help: 'look and write in these only, where the agent has no rights elsewhere; default: everywhere',
  },
  'full-check': {
    variable: 'MUSTER_FULL_CHECK',
    value: 'DURATION',
    help: 'look at everything again so often, beside the watches: 90s, 30m (default), 6h',
  },
  'log-level': {
    variable: 'MUSTER_LOG_LEVEL',
    value: 'LEVEL',
    help: 'trace, debug, info (default), warn, error or silent',
  },
} as const;

type Flag = keyof typeof flags;

/** The text of `--help`. */
export function agentHelp(): string {
  const lines = Object.entries(flags).map(
    ([name, { variable, value, help }]) => `  ${`--${name} ${value}`.padEnd(28)} ${help} [${variable}]`,
  );
  return [
    'Usage: muster agent [options]',
    '       muster agent manifests --image IMAGE [options]',
    '',
    'Keeps one Kubernetes cluster as its fleet says; or prints what installs an agent in one, for kubectl apply.',
    '',
    ...lines,
    `  ${'--help'.padEnd(28)} this text`,
    '',
  ].join('\n');
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly config: AgentConfig }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string };

/** Flags win over the environment. */
export function parseAgentArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ParsedArguments {
  let values: Partial<Record<Flag | 'help', string | boolean>>;
  try {
    const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]));
    ({ values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      strict: true,
    }));
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  const given = (flag: Flag): string | undefined => {
    const value = values[flag] ?? environment[flags[flag].variable];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const logLevel = given('log-level') ?? 'info';
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(logLevel)) {
    return {
      kind: 'error',
      message: `--log-level ${logLevel}: one of trace, debug, info, warn, error, silent`,
    };
  }
  const healthListen = given('health-listen');
  const healthAddress = healthListen === undefined ? undefined : parseHealthAddress(healthListen);
  if (healthListen !== undefined && healthAddress === undefined)
    return {
      kind: 'error',
      message: `--health-listen ${healthListen}: HOST:PORT, or :PORT for all interfaces`,
    };
  for (const flag of ['hub', 'hub-session'] as const) {
    const address = given(flag);
    if (address !== undefined && !isHostPort(address))
      return { kind: 'error', message: `--${flag} ${address}: HOST:PORT, as hub.example.com:8444` };
  }
  const fullCheck = given('full-check') ?? '30m';
  const fullCheckMs = durationMs(fullCheck);
  if (fullCheckMs === undefined)
    return { kind: 'error', message: `--full-check ${fullCheck}: a duration from 1s to 24h, such as 30m` };
  const namespaces = given('namespaces')?.split(',');
  const badNamespace = namespaces?.find((name) => !isNamespaceName(name));
  if (badNamespace !== undefined)
    return {
      kind: 'error',
      message: `--namespaces ${namespaces!.join(',')}: "${badNamespace}" is no name of a namespace`,
    };
  const file = typeof values.kubeconfig === 'string' ? values.kubeconfig : undefined;
  const context = given('context');
  return {
    kind: 'run',
    config: {
      kubeconfig: { ...(file ? { file } : {}), ...(context ? { context } : {}) },
      hub: given('hub'),
      hubSession: given('hub-session'),
      joinToken: given('join-token'),
      joinTokenFile: given('join-token-file'),
      joinTokenSecret: given('join-token-secret'),
      clusterName: given('cluster-name'),
      desiredState: given('desired-state'),
      statusFile: given('status-file'),
      healthAddress,
      namespaces: namespaces && [...new Set(namespaces)],
      fullCheckMs,
      logLevel,
      podUid: environment['POD_UID'],
      agentVersion,
      crashAt: environment['MUSTER_CRASH_AT'],
    },
  };
}

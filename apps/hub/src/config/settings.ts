import { homedir } from 'node:os';
import { join } from 'node:path';
import { locate, withoutCredentials } from '@muster/git-source';
import { z } from 'zod';

/** `30s`, `5m`, `24h`, `7d`, as milliseconds. */
const Duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'must be a duration such as 30s, 5m or 24h')
  .transform((text) => {
    const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
    const [, amount, name] = /^(\d+)(ms|s|m|h|d)$/.exec(text)!;
    return Number(amount) * unit[name as keyof typeof unit];
  });

/** Timers hold no more than 24 days: a longer one would run out at once. */
function between(least: number, leastText: string, most: number, mostText: string) {
  const message = `must be from ${leastText} to ${mostText}`;
  return z.number().min(least, message).max(most, message);
}

/** Why nothing could ever be fetched from there. */
function urlProblem(url: string): string | undefined {
  try {
    locate({ url, ref: '' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const Port = z.coerce.number().int().min(0).max(65_535);
const Address = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s:]+):\d{1,5}$/i, 'must be host:port');

export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** As text, the way that a user would write it; absent: without it there is no value. */
  readonly default?: string;
  readonly description: string;
  /** What `--help` calls the value. */
  readonly valueName: string;
  /** Kept out of flags, which every user of the machine can read in the list of processes. */
  readonly secret?: boolean;
}

/** Keeps the exact type of a setting: whether it has a default decides whether it can be absent. */
function setting<const It extends Setting>(it: It): It {
  return it;
}

/**
 * All that the hub can be told. One table makes the flags (`--git-url`), the environment (`MUSTER_GIT_URL`), the keys
 * of the file (`git-url:`), their validation and their documentation.
 */
export const settings = {
  data: setting({
    schema: z.string().min(1),
    default: defaultDataFolder(process.env, process.getuid?.() === 0),
    valueName: 'FOLDER',
    description: 'Where the hub keeps its database, its copy of the fleet repo and its keys.',
  }),
  'database-url': setting({
    schema: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://'),
    valueName: 'URL',
    secret: true,
    description: 'A PostgreSQL to use instead of the embedded one. DATABASE_URL is read too.',
  }),
  'listen-host': setting({
    schema: z.string().min(1),
    default: '127.0.0.1',
    valueName: 'HOST',
    description: 'The address that all listeners bind to.',
  }),
  'http-port': setting({
    schema: Port,
    default: '8080',
    valueName: 'PORT',
    description: 'HTTP API, webhooks, health and metrics. 0 takes a free port.',
  }),
  'session-port': setting({
    schema: Port,
    default: '8443',
    valueName: 'PORT',
    description: "The agents' sessions (mutual TLS).",
  }),
  'enrolment-port': setting({
    schema: Port,
    default: '8444',
    valueName: 'PORT',
    description: 'Enrolment and renewal of certificates (TLS).',
  }),
  'session-address': setting({
    schema: Address,
    valueName: 'HOST:PORT',
    description: 'Where agents reach the sessions, if it is not the host and port that the hub binds to.',
  }),
  'enrolment-address': setting({
    schema: Address,
    valueName: 'HOST:PORT',
    description: 'Where agents reach the enrolment, if it is not the host and port that the hub binds to.',
  }),
  'replica-address': setting({
    schema: z
      .string()
      .regex(/^https?:\/\/[^\s/]+$/, 'must be http://host:port or https://host:port')
      .transform((url) => url.replace(/\/+$/, '')),
    valueName: 'URL',
    description:
      'Where other replicas of the hub reach the HTTP API of this one, if it is not the host and port that it binds to.',
  }),
  'git-url': setting({
    schema: z
      .string()
      .min(1)
      .check((given) => {
        const problem = urlProblem(given.value);
        if (problem !== undefined)
          given.issues.push({ code: 'custom', message: problem, input: withoutCredentials(given.value) });
      }),
    valueName: 'URL',
    description: 'The fleet repo: https://…, or the path of a local repo.',
  }),
  'git-ref': setting({
    schema: z.string().refine((ref) => !ref.startsWith('-'), 'must not begin with -'),
    default: '',
    valueName: 'REF',
    description: "A branch or tag; by default the remote's default branch.",
  }),
  'git-path': setting({
    schema: z
      .string()
      .transform((path) => path.replace(/^(\.?\/)+|\/+$/g, ''))
      .refine(
        (path) => !path.split('/').some((part) => part === '..' || part === '.'),
        'must stay in the repo',
      ),
    default: '',
    valueName: 'PATH',
    description: 'The folder of the repo that is the fleet; by default its root.',
  }),
  'git-username': setting({
    schema: z.string().min(1),
    valueName: 'NAME',
    description: 'For https:// with a token, where the server wants a name beside it.',
  }),
  'git-token': setting({
    schema: z.string().min(1),
    valueName: 'TOKEN',
    secret: true,
    description: 'A token to read the fleet repo with.',
  }),
  'git-token-file': setting({
    schema: z.string().min(1),
    valueName: 'FILE',
    description: 'A file with that token; read again for each fetch.',
  }),
  'git-poll-interval': setting({
    schema: Duration.pipe(between(1_000, '1s', 7 * 86_400_000, '7d')),
    default: '30s',
    valueName: 'DURATION',
    description: 'How often the fleet repo is looked at; a webhook makes the hub look at once.',
  }),
  'webhook-secret': setting({
    schema: z.string().min(8, 'must have at least 8 characters'),
    valueName: 'SECRET',
    secret: true,
    description: 'What webhooks are signed with; without one they are refused.',
  }),
  'webhook-secret-file': setting({
    schema: z.string().min(1),
    valueName: 'FILE',
    description: 'A file with that secret.',
  }),
  'master-key-file': setting({
    schema: z.string().min(1),
    valueName: 'FILE',
    description:
      'Wraps the keys in the database (MUSTER_MASTER_KEY goes before it); default <data>/master-key.',
  }),
  'certificate-life': setting({
    schema: Duration.pipe(between(2_000, '2s', 365 * 86_400_000, '365d')),
    default: '24h',
    valueName: 'DURATION',
    description: "How long a cluster's certificate lives; it is renewed at two thirds of that.",
  }),
  'enrolments-per-minute': setting({
    schema: z.coerce.number().int().min(1),
    default: '60',
    valueName: 'N',
    description: 'Attempts of one address to enrol or renew: a burst of so many, refilled over a minute.',
  }),
  'guard-percent': setting({
    schema: z.coerce.number().int().min(0).max(100),
    default: '30',
    valueName: 'N',
    description: "A change that deletes more than this part of a cluster's objects …",
  }),
  'guard-objects': setting({
    schema: z.coerce.number().int().min(0),
    default: '10',
    valueName: 'N',
    description: '… and more than so many of them waits for consent.',
  }),
  'render-workers': setting({
    schema: z.coerce.number().int().min(1).max(64),
    default: '1',
    valueName: 'N',
    description: 'Processes that render at the same time, at most.',
  }),
  'log-level': setting({
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
    default: 'info',
    valueName: 'LEVEL',
    description: 'trace, debug, info, warn or error.',
  }),
} as const;

export type SettingName = keyof typeof settings;

/** By the same names as in file, flags and environment. Durations are milliseconds. */
export type HubConfig = {
  readonly [Name in SettingName]:
    | z.output<(typeof settings)[Name]['schema']>
    | ((typeof settings)[Name] extends { readonly default: string } ? never : undefined);
};

export function masterKeyFile(config: HubConfig): string {
  return config['master-key-file'] ?? join(config.data, 'master-key');
}

/** As the XDG base directory specification has it; a system's service keeps its data where services do. */
export function defaultDataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): string {
  if (isRoot) return '/var/lib/muster';
  const dataHome = environment['XDG_DATA_HOME'];
  return join(
    dataHome !== undefined && dataHome !== '' ? dataHome : join(homedir(), '.local', 'share'),
    'muster',
  );
}

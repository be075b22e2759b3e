import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withoutCredentials } from '@muster/git-source';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { schemaMessage } from '../schema-messages.ts';
import { type HubConfig, type SettingName, settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type LoadedConfig =
  | { readonly kind: 'loaded'; readonly config: HubConfig }
  | { readonly kind: 'help' }
  /** Everything that is wrong, each with the name and the place that it came from. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

interface Given {
  readonly value: string;
  /** `the flag --data`, `the environment (MUSTER_DATA)`, `hub.yaml`. */
  readonly from: string;
}

const names = Object.keys(settings) as SettingName[];

/** Flags go before the environment, that before the file, that before the defaults. */
export function loadConfig(
  args: readonly string[],
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): LoadedConfig {
  const flags = readFlags(args);
  if (flags.kind !== 'read') return flags;
  const configFile = flags.values.get('config') ?? environmentValue('config', environment);
  const file = configFile === undefined ? emptyFile : readConfigFile(configFile.value, readFile);
  const problems = [...file.problems];
  const config: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const given =
      flags.values.get(name) ??
      environmentValue(name, environment) ??
      file.values.get(name) ??
      defaultOf(name);
    if (given === undefined) continue;
    const read = settings[name].schema.safeParse(given.value, { error: schemaMessage });
    if (read.success) {
      config[name] = read.data;
      if (name === 'webhook-secret-file') problems.push(...unreadable(name, given, readFile));
    } else {
      const shown = isSecret(name) ? '' : ` ${JSON.stringify(withoutCredentials(given.value))}`;
      problems.push(
        `${name}${shown} (from ${given.from}): ${read.error.issues.map((issue) => issue.message).join('; ')}`,
      );
    }
  }
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'loaded', config: config as HubConfig };
}

/** Found at the start rather than by a Git server's deliveries, whose failures nobody sees. */
function unreadable(name: SettingName, given: Given, readFile: (path: string) => string): string[] {
  try {
    readFile(given.value);
    return [];
  } catch (error) {
    return [`${name} (from ${given.from}): ${given.value} can't be read: ${(error as Error).message}`];
  }
}

function readFlags(args: readonly string[]):
  | Exclude<LoadedConfig, { kind: 'loaded' }>
  | {
      readonly kind: 'read';
      readonly values: ReadonlyMap<string, Given>;
    } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    config: { type: 'string' },
  };
  for (const name of names) if (!isSecret(name)) options[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    if (values['help'] === true) return { kind: 'help' };
    const given = Object.entries(values).map(
      ([name, value]) => [name, { value: String(value), from: `the flag --${name}` }] as const,
    );
    return { kind: 'read', values: new Map(given) };
  } catch (error) {
    return { kind: 'invalid', problems: [(error as Error).message] };
  }
}

function environmentValue(name: string, environment: Environment): Given | undefined {
  const variables = [environmentName(name), ...(name === 'database-url' ? ['DATABASE_URL'] : [])];
  for (const variable of variables) {
    const value = environment[variable];
    if (value !== undefined && value !== '') return { value, from: `the environment (${variable})` };
  }
  return undefined;
}

export function environmentName(setting: string): string {
  return `MUSTER_${setting.toUpperCase().replaceAll('-', '_')}`;
}

interface ConfigFile {
  readonly values: ReadonlyMap<string, Given>;
  readonly problems: readonly string[];
}

const emptyFile: ConfigFile = { values: new Map(), problems: [] };
const FileContent = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable();

function readConfigFile(path: string, readFile: (path: string) => string): ConfigFile {
  let content: z.infer<typeof FileContent>;
  try {
    content = FileContent.parse(parseYaml(readFile(path)));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? 'it must be a mapping of settings to plain values'
        : (error as Error).message;
    return { values: new Map(), problems: [`the configuration file ${path} can't be read: ${reason}`] };
  }
  const entries = Object.entries(content ?? {});
  return {
    values: new Map(entries.map(([name, value]) => [name, { value: String(value), from: path }])),
    problems: entries
      .filter(([name]) => !Object.hasOwn(settings, name))
      .map(([name]) => `${name} (from ${path}): there is no such setting`),
  };
}

function defaultOf(name: SettingName): Given | undefined {
  const { default: value } = settings[name] as { readonly default?: string };
  return value === undefined ? undefined : { value, from: 'the default' };
}

function isSecret(name: SettingName): boolean {
  return (settings[name] as { readonly secret?: boolean }).secret === true;
}

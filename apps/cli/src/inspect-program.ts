import { Option } from 'commander';
import type { Command } from 'commander';
import type { LogsOptions } from './commands/logs.ts';
import type { InspectOptions } from './commands/object-query.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit.ts';

/** Runs a command that talks to the hub. */
export type Online = (command: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Commands about what is in one cluster now: its agent is asked. */
export function addInspectCommands(program: Command, online: Online): void {
  program
    .command('tree')
    .description('what a bundle has in a cluster, and what that owns, down to the Pods')
    .argument('<bundle>')
    .requiredOption('--cluster <name>', 'in this cluster')
    .addOption(output('table', 'json', 'yaml'))
    .action((bundle: string, options: InspectOptions & { output: string }) =>
      online(async (context) => (await import('./commands/tree.ts')).tree(context, bundle, options)),
    );

  program
    .command('logs')
    .description('what the containers of a bundle write; what Secrets hold is masked')
    .argument('<bundle>')
    .argument('[object]', 'only of its Pods: deployment/web, job/migrate, pod/web-5d8f')
    .requiredOption('--cluster <name>', 'in this cluster')
    .option('-n, --namespace <name>', 'the object in this namespace')
    .option('-c, --container <name>', 'only of this container')
    .option('-f, --follow', 'go on until the containers end')
    .option('-p, --previous', 'of the containers before their last restart')
    .option('--tail <lines>', 'so many of the last lines of each container, or all', '100')
    .option('--since <duration>', 'not older than this: 90s, 5m, 1h')
    .addOption(output('text', 'json'))
    .action((bundle: string, object: string | undefined, options: LogsOptions) =>
      online(async (context) => (await import('./commands/logs.ts')).logs(context, bundle, object, options)),
    );

  program
    .command('diff')
    .description('what applying a bundle would change in a cluster; 1 if anything, 2 if it cannot be told')
    .argument('<bundle>')
    .argument('[object]', 'only this one: deployment/web')
    .requiredOption('--live', 'against what is in the cluster, by a dry run there')
    .requiredOption('--cluster <name>', 'in this cluster')
    .option('-n, --namespace <name>', 'the object in this namespace')
    .addOption(output('table', 'json', 'yaml'))
    .action((bundle: string, object: string | undefined, options: InspectOptions & { output: string }) =>
      online(async (context) => (await import('./commands/diff.ts')).diff(context, bundle, object, options)),
    );
}

function output(...formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'the format').choices(formats).default(formats[0]);
}

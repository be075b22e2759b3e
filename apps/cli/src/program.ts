import { Argument, Command, Option } from 'commander';
import type { AgentManifestsOptions } from './commands/agent-manifests.ts';
import type { TokenOptions } from './commands/cluster.ts';
import type { RemoveOptions } from './commands/cluster-remove.ts';
import type { DescribeObjectOptions } from './commands/describe-object.ts';
import type { GetOptions } from './commands/get.ts';
import type { HealthOptions } from './commands/health.ts';
import type { PauseOptions } from './commands/pause.ts';
import type { ClusterOptions } from './commands/scope.ts';
import type { WaitOptions } from './commands/wait.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit.ts';
import type { ConnectionFlags } from './hub-api/connection.ts';
import { addInspectCommands } from './inspect-program.ts';
import type { Io } from './io.ts';

const LISTS = [
  'clusters',
  'bundles',
  'revisions',
  'assignments',
  'objects',
  'drift',
  'events',
  'pauses',
  'join-tokens',
];

/**
 * All commands with their help. What a command does is imported when it runs: `--help` and completion read only this
 * file and commander.
 */
export function createProgram(io: Io, done: (exitCode: ExitCode) => void): Command {
  const program = new Command('muster')
    .description('A fleet hub for Kubernetes: one Git repository says what every cluster runs.')
    .option('--url <url>', 'the hub, instead of the one that you are logged in to (MUSTER_URL)')
    .option('--token <token>', 'the token for it (MUSTER_TOKEN)')
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();

  /** Runs a command that talks to the hub. */
  const online = async (command: (context: Context) => Promise<ExitCode>) => {
    const { openContext } = await import('./context.ts');
    done(await command(await openContext(io, program.opts<ConnectionFlags>())));
  };

  program
    .command('status')
    .description('the fleet at a glance, what is wrong first')
    .addOption(output('table', 'json', 'yaml'))
    .action((options: { output: string }) =>
      online(async (context) => (await import('./commands/status.ts')).status(context, options)),
    );

  program
    .command('get')
    .description(
      'list clusters, bundles, revisions, assignments, objects, drift, events, pauses or join tokens',
    )
    .addArgument(
      new Argument('<list>', 'what to list').choices([
        ...LISTS,
        ...LISTS.filter((it) => it.endsWith('s')).map((it) => it.slice(0, -1)),
      ]),
    )
    .argument('[name]', 'only this one; CLUSTER/BUNDLE of an assignment')
    .option('-l, --selector <selector>', "by labels, kubectl's syntax: env=dev,tier in (a,b),!frozen")
    .addOption(output('table', 'wide', 'json', 'yaml', 'name'))
    .option('-w, --watch', 'go on, and print what changes')
    .option('--sort-by <fields>', 'such as name or -lastSeen,name')
    .option('--limit <number>', 'at most so many')
    .option('--cluster <name>', 'of this cluster')
    .option('--bundle <name>', 'of this bundle')
    .option('--sync <statuses>', 'Synced, OutOfSync, Unknown; several by commas')
    .option('--health <statuses>', 'Healthy, Progressing, Degraded, Suspended, Missing, Unknown')
    .option('--state <states>', 'Good, Failing (bundles); Resolving, Good, Refused (revisions)')
    .option('--kind <kind>', 'objects of this kind, and their drift')
    .option('--manager <names>', 'drift by these field managers, by commas')
    .option('--field <pointers>', 'drift of fields that begin so: /spec/replicas')
    .option('--type <types>', 'events of these types, by commas')
    .option('--live', 'objects of --bundle in --cluster, as they are there now')
    .action((list: string, name: string | undefined, options: GetOptions) =>
      online(async (context) => (await import('./commands/get.ts')).get(context, list, name, options)),
    );

  program
    .command('events')
    .description('who did what, and what befell the fleet; with BUNDLE, what Kubernetes tells in a --cluster')
    .argument('[bundle]', "Kubernetes' events about its objects, the latest last")
    .argument('[object]', 'only about this one and what it owns: deployment/web')
    .addOption(output('table', 'wide', 'json', 'yaml', 'name'))
    .option('-n, --namespace <name>', 'the object in this namespace')
    .option('-w, --watch', 'go on, and print what is new')
    .option('--limit <number>', 'at most so many', '50')
    .option('--cluster <name>', 'about this cluster')
    .option('--bundle <name>', 'about this bundle')
    .option('--type <types>', 'of these types, by commas')
    .action((bundle: string | undefined, object: string | undefined, options: GetOptions) =>
      online(async (context) =>
        bundle === undefined
          ? (await import('./commands/get.ts')).get(context, 'events', undefined, options)
          : (await import('./commands/kubernetes-events.ts')).kubernetesEvents(
              context,
              bundle,
              object,
              options,
            ),
      ),
    );

  program
    .command('describe')
    .description('everything about a cluster, a bundle, a revision, or an object in a cluster')
    .addArgument(new Argument('<kind>', 'what it is').choices(['cluster', 'bundle', 'revision', 'object']))
    .argument('<name>', 'of an object KIND/NAME')
    .option('--cluster <name>', 'the object in this cluster')
    .option('--bundle <name>', 'the object of this bundle')
    .option('-n, --namespace <name>', 'the object in this namespace')
    .addOption(new Option('-o, --output <format>', 'the live object itself').choices(['json', 'yaml']))
    .action((kind: string, name: string, options: DescribeObjectOptions) =>
      online(async (context) =>
        kind === 'object'
          ? (await import('./commands/describe-object.ts')).describeObject(context, name, options)
          : (await import('./commands/describe.ts')).describe(context, kind, name, options),
      ),
    );

  addInspectCommands(program, online);

  program
    .command('sync')
    .description('look at the repo and check the clusters now')
    .argument('[bundle]', 'only this bundle')
    .addOption(clusterOption())
    .addOption(selectorOption())
    .action((bundle: string | undefined, options: ClusterOptions) =>
      online(async (context) => (await import('./commands/sync.ts')).sync(context, bundle, options)),
    );

  program
    .command('wait')
    .description('until the fleet is as you say; 1 if it is not in time or can never be')
    .requiredOption('--for <condition>', 'synced, healthy, revision=COMMIT; repeatable', collect)
    .option('--timeout <duration>', 'how long', '5m')
    .option('--bundle <name>', 'of this bundle')
    .option('--cluster <name>', 'of this cluster')
    .addOption(selectorOption())
    .action((options: WaitOptions) =>
      online(async (context) => (await import('./commands/wait.ts')).wait(context, options)),
    );

  for (const verb of ['pause', 'resume'] as const) {
    const command = program
      .command(verb)
      .description(verb === 'pause' ? 'stop all writes to a bundle, some clusters, or --all' : 'undo a pause')
      .argument('[bundle]', 'this bundle')
      .addOption(clusterOption())
      .addOption(selectorOption())
      .option('--all', 'the whole fleet: the emergency stop');
    if (verb === 'pause') command.option('--reason <text>', 'why, for everybody who wonders');
    command.action((bundle: string | undefined, options: PauseOptions) =>
      online(async (context) => (await import('./commands/pause.ts'))[verb](context, bundle, options)),
    );
  }

  program
    .command('allow-delete')
    .description('let deletions go on that wait for consent; lapses with the next change')
    .argument('<bundle>', 'also one that has left the repo')
    .addOption(clusterOption())
    .addOption(selectorOption())
    .option('-y, --yes', "don't ask")
    .action((bundle: string, options: ClusterOptions & { yes?: boolean }) =>
      online(async (context) => (await import('./commands/sync.ts')).allowDelete(context, bundle, options)),
    );

  const cluster = program.command('cluster').description('join tokens, labels and removal of clusters');
  cluster
    .command('token')
    .description('make a join token, shown this once')
    .argument('[name]', 'for this cluster; without it, for any new one')
    .option('--label <key=value>', 'a label that the cluster gets; repeatable', collect)
    .option('--expires <duration>', 'how long it is good', '1h')
    .option('--uses <number>', 'how many clusters may use it', '1')
    .addOption(output('table', 'json', 'yaml'))
    .action((name: string | undefined, options: TokenOptions) =>
      online(async (context) => (await import('./commands/cluster.ts')).clusterToken(context, name, options)),
    );
  cluster
    .command('label')
    .description('set and remove labels in the hub’s register: KEY=VALUE, KEY-')
    .argument('<name>')
    .argument('<changes...>')
    .action((name: string, changes: string[]) =>
      online(async (context) => (await import('./commands/cluster.ts')).clusterLabel(context, name, changes)),
    );
  cluster
    .command('rm')
    .description('remove a cluster: its agent stops, the workloads stay, or are deleted first')
    .argument('<name>')
    .option('--keep-workloads', 'leave what runs there as it is; so without either option')
    .option('--delete-workloads', 'delete what the fleet runs there first, and wait until nothing remains')
    .option('--timeout <duration>', 'how long to wait for that', '10m')
    .option('-y, --yes', "don't ask")
    .action((name: string, options: RemoveOptions) =>
      online(async (context) =>
        (await import('./commands/cluster-remove.ts')).clusterRemove(context, name, options),
      ),
    );

  program
    .command('login')
    .description('store which hub to talk to, and the token for it')
    .argument('<url>')
    .action(async (url: string) => {
      const { login } = await import('./commands/login.ts');
      done(await login(io, url, program.opts<ConnectionFlags>()));
    });

  program
    .command('recover')
    .description('after the hub’s database was restored from a backup: make agents follow it again')
    .option('--reason <text>', 'why')
    .option('-y, --yes', "don't ask")
    .action((options: { reason?: string; yes?: boolean }) =>
      online(async (context) => (await import('./commands/sync.ts')).recover(context, options)),
    );

  program
    .command('schema')
    .description('the JSON Schema of fleet files, or of one kind of them, for editors')
    .argument('[kind]', 'Bundle, Cluster, ClusterGroup, Fleet')
    .action(async (kind: string | undefined) => {
      done((await import('./commands/schema.ts')).printSchema(io, kind));
    });

  program
    .command('health')
    .description('the health of any objects, from files alone; no hub is asked')
    .requiredOption('-f, --filename <path>', 'YAML or JSON, a folder, or - for stdin; repeatable', collect)
    .addOption(output('table', 'wide', 'json', 'yaml', 'name'))
    .option('--check', 'exit with 1 unless all are Healthy or Suspended')
    .action(async (options: HealthOptions) =>
      done(await (await import('./commands/health.ts')).health(io, options)),
    );

  program
    .command('version')
    .description('of this program and of the hub')
    .action(async () =>
      done(await (await import('./commands/version.ts')).version(io, program.opts<ConnectionFlags>())),
    );

  program
    .command('completion')
    .description('a script that completes commands')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) => {
      io.stdout((await import('./commands/completion.ts')).completionScript(program, shell));
      done(0);
    });

  program.command('hub').description('run a hub; `muster hub --help` has its flags').helpOption(false);
  const agent = program
    .command('agent')
    .description('run an agent, or print its manifests; `muster agent --help` has its flags')
    .helpOption(false);
  agent
    .command('manifests')
    .description('an agent for `kubectl apply -f -`; the hub makes a join token for it')
    .helpOption('-h, --help', 'display help for command')
    .requiredOption('--image <image>', "of the agent's container")
    .option('--name <cluster>', 'how the cluster is to be called; without it, as its token says')
    .option('--label <key=value>', 'a label that the cluster gets; repeatable', collect)
    .option('--expires <duration>', 'how long the join token is good', '1h')
    .option('--join-token <token>', 'one made before, by `muster cluster token`; then no hub is asked')
    .option('--hub <host:port>', "the hub's enrolment listener, as the cluster reaches it")
    .option('--hub-session <host:port>', "the hub's sessions, if they aren't where it says")
    .option(
      '--namespaces <a,b>',
      'where the agent may keep objects; without this and the next two it may do all',
    )
    .option('--kinds <a,b>', 'namespaced kinds that it may keep, as deployments.apps')
    .option('--cluster-kinds <a,b>', 'kinds without a namespace that it may keep')
    .option('--impersonate <namespace/name,…>', 'service accounts that bundles may name')
    .action(async (options: AgentManifestsOptions) => {
      const { printAgentManifests } = await import('./commands/agent-manifests.ts');
      const { openContext } = await import('./context.ts');
      done(await printAgentManifests(io, () => openContext(io, program.opts<ConnectionFlags>()), options));
    });
  return program;
}

function output(...formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'the format').choices(formats).default(formats[0]);
}

function clusterOption(): Option {
  return new Option('--cluster <name>', 'this cluster; repeatable').argParser(collect);
}

function selectorOption(): Option {
  return new Option('-l, --selector <selector>', "clusters by labels, kubectl's syntax");
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

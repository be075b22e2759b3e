import { newAdminToken } from './bootstrap/new-admin-token.ts';
import { HubStartError, startError } from './bootstrap/start-error.ts';
import { helpText } from './config/help.ts';
import { loadConfig } from './config/load.ts';
import type { HubConfig } from './config/settings.ts';
import { createLogger } from './log.ts';
import { startHub } from './start-hub.ts';

/** Something that the user can mend: a wrong setting, a port in use, no rights. */
const exitUsage = 2;
/** Longer than the agents' goodbye, the database's shutdown and whatever runs; then it has to be enough. */
const stopPatienceMs = 30_000;

async function main(args: readonly string[]): Promise<void> {
  const isForToken = args[0] === 'admin-token';
  const loaded = loadConfig(isForToken ? args.slice(1).filter((arg) => arg !== '--new') : args, process.env);
  if (loaded.kind === 'help') {
    process.stdout.write(helpText());
    return;
  }
  if (loaded.kind === 'invalid') return refuse(loaded.problems);
  if (!isForToken) return run(loaded.config);
  if (!args.includes('--new')) return refuse(['admin-token makes a new one, and ends the former: say --new']);
  return printNewToken(loaded.config);
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`muster hub: ${problem}\n`);
  process.stderr.write('See muster hub --help.\n');
  process.exitCode = exitUsage;
}

async function printNewToken(config: HubConfig): Promise<void> {
  try {
    process.stdout.write(`${await newAdminToken(config, process.env)}\n`);
  } catch (error) {
    const told = startError(error);
    process.stderr.write(`muster hub: ${told instanceof Error ? told.message : String(told)}\n`);
    process.exitCode = told instanceof HubStartError ? exitUsage : 1;
  }
}

async function run(config: HubConfig): Promise<void> {
  const logger = createLogger(config['log-level']);
  // A signal that comes while the hub starts stops it as soon as it has.
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve(signal));
  const hub = await startHub({ config, logger, announceLocally: true }).catch((error: unknown) => {
    if (error instanceof HubStartError) {
      process.stderr.write(`muster hub: ${error.message}\n`);
      process.exit(exitUsage);
    }
    logger.fatal({ err: error }, 'the hub could not start');
    process.exit(1);
  });
  const why = await Promise.race([stopped.promise, hub.lost]);
  logger.info(`stopping: ${why}`);
  setTimeout(() => process.exit(1), stopPatienceMs).unref();
  try {
    await hub.close();
  } catch (error) {
    logger.error({ err: error }, 'the hub did not stop cleanly');
    process.exit(1);
  }
  process.exit(why === 'SIGINT' || why === 'SIGTERM' ? 0 : 1);
}

await main(process.argv.slice(2));

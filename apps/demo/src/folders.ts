import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the demo keeps its state, so that it comes back after a restart. */
export interface Folders {
  readonly base: string;
  /** The hub's data folder. */
  readonly hub: string;
  /** The Git repo made from `examples/fleet`. */
  readonly repo: string;
  readonly logs: string;
  readonly cluster: (name: string) => string;
}

/**
 * Not in the checkout: PostgreSQL refuses to run as root, and another user cannot reach a checkout under root's home.
 */
export function demoFolders(given: string | undefined): Folders {
  const base = given === undefined ? defaultBase() : resolve(given);
  return {
    base,
    hub: join(base, 'hub'),
    repo: join(base, 'fleet'),
    logs: join(base, 'logs'),
    cluster: (name) => join(base, 'clusters', name),
  };
}

function defaultBase(): string {
  if (process.getuid?.() === 0) return '/var/lib/muster-demo';
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'muster-demo');
}

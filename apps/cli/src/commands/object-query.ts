import { CliError, EXIT_USAGE } from '../exit.ts';
import type { Query } from '../hub-api/client.ts';

export interface InspectOptions {
  readonly cluster: string;
  readonly namespace?: string;
}

/** An object as people name it, `deployment/web`, `deployments.apps/web` or `web`, as the API asks for it. */
export function objectQuery(object: string | undefined, namespace: string | undefined): Query {
  if (object === undefined) return { namespace };
  const [what, name, ...more] = object.split('/');
  if (more.length > 0 || what === '' || name === '') {
    throw new CliError(`"${object}" names no object`, {
      exitCode: EXIT_USAGE,
      hint: 'Write it like deployment/web, deployment.apps/web, or web.',
    });
  }
  if (name === undefined) return { name: what, namespace };
  const dot = what!.indexOf('.');
  return dot < 0
    ? { kind: what, name, namespace }
    : { kind: what!.slice(0, dot), group: what!.slice(dot + 1), name, namespace };
}

/** What the hub asks the agent of a cluster about a bundle. */
export function inspectPath(cluster: string, bundle: string, what: string): string {
  return `assignments/${encodeURIComponent(cluster)}/${encodeURIComponent(bundle)}/${what}`;
}

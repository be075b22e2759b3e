import { CliError, EXIT_USAGE } from '../exit.ts';

/** Which clusters, as options name them. */
export interface ClusterOptions {
  readonly cluster?: readonly string[];
  readonly selector?: string;
}

/** The same for the API: names or a selector, not both. */
export function clusterScope(options: ClusterOptions): { clusters?: string[]; labelSelector?: string } {
  if (options.cluster !== undefined && options.selector !== undefined) {
    throw new CliError('--cluster and --selector exclude each other', {
      exitCode: EXIT_USAGE,
      hint: 'Give one of them.',
    });
  }
  return {
    ...(options.cluster && { clusters: [...options.cluster] }),
    ...(options.selector !== undefined && { labelSelector: options.selector }),
  };
}

import { CliError, EXIT_USAGE } from '../exit.ts';
import { assignments } from './assignments.ts';
import { bundles } from './bundles.ts';
import { clusters } from './clusters.ts';
import { drift } from './drift.ts';
import { events } from './events.ts';
import { joinTokens } from './join-tokens.ts';
import { objects } from './objects.ts';
import { pauses } from './pauses.ts';
import type { Resource } from './resource.ts';
import { revisions } from './revisions.ts';

const RESOURCES = [
  clusters,
  bundles,
  revisions,
  assignments,
  objects,
  drift,
  events,
  pauses,
  joinTokens,
] as const;

/** By its plural or singular. What type its items have is the resource's own matter. */
export function findResource(word: string): Resource<unknown> {
  const found = RESOURCES.find(({ list, singular }) => list === word || singular === word);
  if (found === undefined) {
    throw new CliError(`"${word}" is nothing that can be got`, {
      exitCode: EXIT_USAGE,
      hint: `Try one of: ${RESOURCES.map(({ list }) => list).join(', ')}.`,
    });
  }
  // A resource reads only items of its own list, which the hub gives for its own name.
  return found as unknown as Resource<unknown>;
}

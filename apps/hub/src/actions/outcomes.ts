import type { ClusterSelection } from '@muster/store';
import type { Done, NotFound, Refusal } from '../api/fleet-actions.ts';

export function done<Result>(result: Result): Done<Result> {
  return { outcome: 'done', result };
}

export function notFound(message: string): NotFound {
  return { outcome: 'not-found', message };
}

/** The request is wrong in itself. */
export function invalid(field: string, message: string): Refusal {
  return {
    outcome: 'refused',
    because: 'invalid',
    message: `${field}: ${message}`,
    errors: [{ field, message }],
  };
}

/** The request is in order, but not as things stand. */
export function conflict(field: string, message: string): Refusal {
  return { outcome: 'refused', because: 'conflict', message, errors: [{ field, message }] };
}

/** A selection that names clusters, or the outcome that says why it doesn't. */
export function selected(
  selection: ClusterSelection,
): Extract<ClusterSelection, { outcome: 'clusters' }> | NotFound | Refusal {
  switch (selection.outcome) {
    case 'clusters':
      return selection;
    case 'unknown':
      return notFound(
        selection.names.length === 1
          ? `There is no cluster "${selection.names[0]!}".`
          : `There are no clusters ${selection.names.map((name) => `"${name}"`).join(', ')}.`,
      );
    case 'refused':
      return invalid('labelSelector', selection.message);
  }
}

/** Naming clusters and selecting them are two ways to say the same. */
export function bothGiven(request: {
  readonly clusters?: readonly string[] | undefined;
  readonly labelSelector?: string | undefined;
}): Refusal | undefined {
  return request.clusters !== undefined && request.labelSelector !== undefined
    ? invalid('labelSelector', 'Give clusters or a label selector, not both.')
    : undefined;
}

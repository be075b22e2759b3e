import { KubeApiError } from '@muster/kube';
import { errorText } from '../log.ts';
import { missingRight } from './forbidden.ts';

/** Why something of the cluster could not be looked at. */
export interface Unseen {
  readonly reason: 'Forbidden' | 'NotObserved';
  readonly message: string;
}

export function unseenBecause(error: unknown): Unseen {
  const right = error instanceof KubeApiError ? missingRight(error) : undefined;
  return right === undefined
    ? { reason: 'NotObserved', message: errorText(error) }
    : { reason: 'Forbidden', message: right };
}

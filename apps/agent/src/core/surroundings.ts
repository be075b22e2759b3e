import type { KubeApiError } from '@muster/kube';
import type { StatusReason } from '../status/model.ts';

/**
 * What stands behind an API and is broken or away: a webhook, a conversion, etcd. The API server answers 500 then, as
 * it does to an object that it cannot decode, so only what it says tells these apart.
 */
const isBehindIt =
  /failed calling webhook|conversion webhook for|context deadline exceeded|connection refused|etcdserver|request timed out|no endpoints available/;

/**
 * Why a request could not be served that is right in itself, and will be served once its surroundings are well;
 * `undefined` when the object is to blame.
 */
export function troubleAround(error: KubeApiError): StatusReason | undefined {
  const { status, message, details } = error;
  if (status === 429 || status > 500) return 'Unreachable';
  if (status === 500 && isBehindIt.test(message)) return 'Unreachable';
  if (
    details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true ||
    /because it is being terminated|while custom resource definition is terminating/.test(message)
  )
    return 'Terminating';
  // Of no object: the path itself is unknown; the second is said where the whole group is.
  if (
    status === 404 &&
    /^(the server could not find the requested resource|404 page not found)$/.test(message)
  )
    return 'KindMissing';
  return undefined;
}

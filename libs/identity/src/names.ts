/**
 * The one name that every hub's server certificate bears. Agents dial whatever address they were given and verify
 * this name, so that addresses may change without new certificates.
 */
export const HUB_SERVER_NAME = 'hub.muster.dev.internal';

const CLUSTER_URI_PREFIX = 'muster://cluster/';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The subject alternative name of a client certificate: `muster://cluster/<uuid>`. */
export function clusterUri(clusterId: string): string {
  if (!UUID.test(clusterId)) throw new Error(`not a cluster id: ${JSON.stringify(clusterId)}`);
  return CLUSTER_URI_PREFIX + clusterId;
}

/** The cluster's uuid, or `undefined` for any other URI. */
export function parseClusterUri(uri: string): string | undefined {
  if (!uri.startsWith(CLUSTER_URI_PREFIX)) return undefined;
  const clusterId = uri.slice(CLUSTER_URI_PREFIX.length);
  return UUID.test(clusterId) ? clusterId : undefined;
}

/** Content types and `Accept` values of the Kubernetes API. */
export const JSON_TYPE = 'application/json';
/** Server-side apply; it is called YAML, and takes JSON, since JSON is YAML. */
export const APPLY_PATCH = 'application/apply-patch+yaml';
export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';

/** Metadata only: the API server strips the rest before it sends. Plain JSON second, for servers that can't. */
export const PARTIAL_OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
export const PARTIAL_OBJECT_LIST =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Aggregated discovery (KEP-3352), GA since Kubernetes 1.30; older servers answer the second or the last. */
export const AGGREGATED_DISCOVERY = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

import type { Json, JsonObject } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { requiredBody } from './body.ts';
import { objectResponse, type ApiRequest, type ApiResponse } from './message.ts';
import type { RequestInfo } from './request-info.ts';

type Answerer = (cluster: Cluster) => Json;

const allowed: Answerer = () => ({ allowed: true, reason: 'everybody may do everything here' });
const everything: JsonObject = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

/** Kinds that are questions: they are answered, and nothing is stored. */
const answerers: Readonly<Record<string, Answerer>> = {
  'authentication.k8s.io/selfsubjectreviews': ({ admission }) => ({ userInfo: { ...admission.user } }),
  'authorization.k8s.io/selfsubjectaccessreviews': allowed,
  'authorization.k8s.io/subjectaccessreviews': allowed,
  'authorization.k8s.io/localsubjectaccessreviews': allowed,
  'authorization.k8s.io/selfsubjectrulesreviews': () => ({
    resourceRules: [everything],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  }),
};

/** Answers a question; `undefined` where the request is none. */
export const handleReview = (
  cluster: Cluster,
  request: ApiRequest,
  { verb, resource }: RequestInfo,
): ApiResponse | undefined => {
  const answerer = verb === 'create' ? answerers[resource.storage] : undefined;
  if (answerer === undefined) return undefined;
  const body = requiredBody(request) as JsonObject;
  return objectResponse(201, {
    kind: resource.kind,
    apiVersion: resource.apiVersion,
    metadata: body['metadata'] ?? {},
    ...(body['spec'] !== undefined && { spec: body['spec'] }),
    status: answerer(cluster),
  });
};

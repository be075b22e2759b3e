import { ApiError, methodNotAllowed, noSuchResource, statusOf } from '../api/api-error.ts';
import type { FaultEffect, FaultRules } from '../faults/faults.ts';
import { kubernetesTable } from '../kubernetes/table.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { WatchSettings } from '../watch/watch-stream.ts';
import {
  aggregatedDiscovery,
  coreVersions,
  groupList,
  oneGroup,
  resourceList,
  versionDocument,
} from './discovery.ts';
import { userOf } from './identity.ts';
import { jsonResponse, type ApiRequest, type ApiResponse } from './message.ts';
import { wantsAggregated } from './negotiation.ts';
import { openApiV3, openApiV3Index } from './openapi.ts';
import { requestInfoOf, type RequestInfo } from './request-info.ts';
import { handleReview } from './review-handler.ts';
import { handleResource } from './resource-handler.ts';

export interface ApiServerParts {
  readonly cluster: Cluster;
  readonly faults: FaultRules;
  readonly watch: WatchSettings;
  /** Bearer token that requests must carry. */
  readonly token: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const plain = (status: number, body: string): ApiResponse => ({
  kind: 'whole',
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

const failure = (error: unknown): ApiResponse => {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(
          500,
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
        );
  const seconds = known.details?.retryAfterSeconds;
  return jsonResponse(
    known.code,
    statusOf(known),
    seconds === undefined ? {} : { 'retry-after': String(seconds) },
  );
};

/** The API of one cluster: a request in, an answer out, whatever carries them. */
export class ApiServer {
  readonly #parts: ApiServerParts;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
  }

  /** `disconnect` asks the carrier to cut the connection. */
  async handle(request: ApiRequest): Promise<ApiResponse | 'disconnect'> {
    try {
      if (request.headers['authorization'] !== `Bearer ${this.#parts.token}`) {
        throw new ApiError(401, 'Unauthorized', 'Unauthorized');
      }
      const info = requestInfoOf(this.#parts.cluster.registry, request.method, request.path, request.query);
      const effects = this.#parts.faults.effectsOn(info);
      for (const effect of effects) {
        if (effect.kind === 'latency') await this.#delay(effect.milliseconds);
      }
      if (effects.some(({ kind }) => kind === 'disconnect')) return 'disconnect';
      throwIfFailed(effects);
      return info === undefined ? this.#document(request) : await this.#resource(request, info, effects);
    } catch (error) {
      return failure(error);
    }
  }

  #delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.cluster.environment.later(milliseconds, resolve));
  }

  #resource(request: ApiRequest, info: RequestInfo, effects: readonly FaultEffect[]): Promise<ApiResponse> {
    if (info.subresource === '' && !info.resource.verbs.includes(info.verb)) throw methodNotAllowed();
    const { cluster, watch } = this.#parts;
    return cluster.admission.complete(
      userOf(request),
      () => handleReview(cluster, request, info) ?? handleResource(cluster, watch, request, info, effects),
    );
  }

  #document(request: ApiRequest): ApiResponse {
    const { registry } = this.#parts.cluster;
    const segments = request.path.split('/').filter((segment) => segment !== '');
    const [root, ...rest] = segments;
    if (request.method !== 'GET') throw methodNotAllowed();
    switch (root) {
      case 'healthz':
      case 'livez':
      case 'readyz':
        return plain(200, 'ok');
      case 'version':
        return jsonResponse(200, versionDocument(kubernetesTable().version));
      case 'openapi':
        return this.#openApi(rest);
      case 'api':
      case 'apis':
        if (rest.length === 0 && wantsAggregated(request.headers['accept'])) {
          return jsonResponse(200, aggregatedDiscovery(registry, root), {
            'content-type': aggregatedType,
            vary: 'Accept',
          });
        }
        return found(root === 'api' ? this.#core(rest) : this.#groups(rest));
      default:
        throw noSuchResource();
    }
  }

  #core([version]: readonly string[]): object | undefined {
    return version === undefined ? coreVersions() : resourceList(this.#parts.cluster.registry, '', version);
  }

  #groups([group, version]: readonly string[]): object | undefined {
    const { registry } = this.#parts.cluster;
    if (group === undefined) return groupList(registry);
    return version === undefined ? oneGroup(registry, group) : resourceList(registry, group, version);
  }

  /** Version 2, several megabytes of it, is asked for only by clients from before 1.27. */
  #openApi([version, ...path]: readonly string[]): ApiResponse {
    if (version !== 'v3') throw noSuchResource();
    const { registry } = this.#parts.cluster;
    return found(path.length === 0 ? openApiV3Index(registry) : openApiV3(registry, path.join('/')));
  }
}

const found = (document: object | undefined): ApiResponse => {
  if (document === undefined) throw noSuchResource();
  return jsonResponse(200, document);
};

const throwIfFailed = (effects: readonly FaultEffect[]): void => {
  for (const effect of effects) {
    if (effect.kind === 'throttle') {
      throw new ApiError(
        429,
        'TooManyRequests',
        'the server has received too many requests and has asked us to try again later',
        effect.retryAfterSeconds === undefined ? undefined : { retryAfterSeconds: effect.retryAfterSeconds },
      );
    }
    if (effect.kind === 'fail') {
      throw new ApiError(
        effect.code,
        effect.code === 500 ? 'InternalError' : '',
        effect.message ?? 'a fault was asked for',
      );
    }
  }
};

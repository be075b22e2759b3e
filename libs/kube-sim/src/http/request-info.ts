import { noSuchResource } from '../api/api-error.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** What a request is about, in the words of Kubernetes' own authorisation. */
export interface RequestInfo {
  readonly verb: Verb;
  readonly resource: ServedResource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** '' for the object itself. */
  readonly subresource: string;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

const decoded = (segment: string | undefined): string | undefined =>
  segment === undefined || segment === '' ? undefined : decodeURIComponent(segment);

const verbOf = (method: string, named: boolean, watching: boolean): Verb => {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return watching ? 'watch' : named ? 'get' : 'list';
  }
};

/** `undefined` for a path that isn't about resources: discovery, health, versions. */
export const requestInfoOf = (
  registry: Registry,
  method: string,
  path: string,
  query: URLSearchParams,
): RequestInfo | undefined => {
  const [root, ...segments] = path.split('/').filter((segment) => segment !== '');
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : segments.shift();
  const version = segments.shift();
  const [first] = segments;
  if (group === undefined || version === undefined || first === undefined) return undefined;
  // `/namespaces/x/pods` is about pods; `/namespaces/x` and `/namespaces/x/status` about the namespace.
  const isScoped =
    first === 'namespaces' && segments.length > 2 && segments[2] !== 'status' && segments[2] !== 'finalize';
  const namespace = isScoped ? decoded(segments[1]) : undefined;
  const [plural, name, subresource, ...more] = isScoped ? segments.slice(2) : segments;
  const resource = registry.find(group, version, plural ?? '');
  if (resource === undefined || more.length > 0) throw noSuchResource();
  if (resource.namespaced !== isScoped && (name !== undefined || isScoped)) throw noSuchResource();
  const watching = ['true', '1'].includes(query.get('watch') ?? '');
  return {
    verb: verbOf(method, name !== undefined, watching),
    resource,
    namespace,
    name: decoded(name),
    subresource: subresource ?? '',
  };
};

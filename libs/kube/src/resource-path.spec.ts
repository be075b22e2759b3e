import { describe, expect, it } from 'vitest';
import type { Resource } from './port.ts';
import { collectionPath, objectPath, queryOf } from './resource-path.ts';

const configMap: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const role: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  verbs: [],
};

describe('the path of a resource', () => {
  it('begins with /api for the core group, else with /apis', () => {
    expect(collectionPath(configMap, 'shop')).toBe('/api/v1/namespaces/shop/configmaps');
    expect(collectionPath(configMap, undefined)).toBe('/api/v1/configmaps');
    expect(objectPath(role, { name: 'system:node' })).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    );
  });

  it('cannot be left by a name', () => {
    expect(objectPath(configMap, { namespace: 'shop', name: '../secrets/x' })).toBe(
      '/api/v1/namespaces/shop/configmaps/..%2Fsecrets%2Fx',
    );
  });

  it('is refused for a namespaced object without a namespace', () => {
    expect(() => objectPath(configMap, { name: 'x' })).toThrow('a ConfigMap needs a namespace: x');
  });

  it('has a query of what is defined', () => {
    expect(queryOf({ a: 'x y', b: undefined, c: '1' })).toBe('?a=x%20y&c=1');
    expect(queryOf({ a: undefined })).toBe('');
  });
});

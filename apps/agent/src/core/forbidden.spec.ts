import { KubeApiError } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { missingRight } from './forbidden.ts';

function refused(message: string, name = 'a'): KubeApiError {
  return new KubeApiError(403, 'Forbidden', message, { name });
}

describe('a refusal with 403', () => {
  it.each([
    [
      'configmaps "a" is forbidden: User "system:serviceaccount:shop:deployer" cannot patch resource "configmaps" in API group "" in the namespace "shop"',
      'the service account shop/deployer may not patch configmaps in the namespace shop: grant it create and patch on configmaps there',
    ],
    [
      'deployments.apps "a" is forbidden: User "system:serviceaccount:shop:deployer" cannot delete resource "deployments" in API group "apps" in the namespace "shop": RBAC: role "x" not found',
      'the service account shop/deployer may not delete deployments.apps in the namespace shop: grant it delete on deployments.apps there',
    ],
    [
      'clusterroles.rbac.authorization.k8s.io is forbidden: User "jo" cannot list resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
      'the user jo may not list clusterroles.rbac.authorization.k8s.io in the whole cluster: grant it list on clusterroles.rbac.authorization.k8s.io by a ClusterRole',
    ],
  ])('names verb, resource, place and what to grant: %s', (said, told) => {
    expect(missingRight(refused(said))).toBe(told);
  });

  it.each([
    'serviceaccounts "deployer" is forbidden: User "system:serviceaccount:muster-system:muster-agent" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "shop"',
    'serviceaccounts.authentication.k8s.io "deployer" is forbidden: User "system:serviceaccount:muster-system:muster-agent" cannot impersonate:serviceaccount resource "serviceaccounts" in API group "authentication.k8s.io" in the namespace "shop"',
    'configmaps "a" is forbidden: User "system:serviceaccount:muster-system:muster-agent" cannot impersonate-on:serviceaccount:patch resource "configmaps" in API group "" in the namespace "shop"',
  ])('tells which service account the agent may not act as: %s', (said) => {
    expect(missingRight(refused(said), 'shop/deployer')).toContain(
      'act as the service account shop/deployer',
    );
    expect(missingRight(refused(said))).toContain('grant it the verb impersonate');
  });

  it('tells that nobody grants what he does not have', () => {
    const said =
      'roles.rbac.authorization.k8s.io "a" is forbidden: user "system:serviceaccount:shop:deployer" (groups=["system:serviceaccounts"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}';
    expect(missingRight(refused(said))).toMatch(/may not grant rights.*secrets/s);
  });

  it.each([
    'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged',
    'pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1',
    'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
    'admission webhook "deny.example.com" denied the request: no',
  ])('is no matter of rights when it says: %s', (said) => {
    expect(missingRight(refused(said))).toBeUndefined();
  });
});

import type { Resource } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { childKinds } from './children.ts';
import { fits } from './query.ts';

const served = [
  'apps/Deployment',
  'apps/ReplicaSet',
  '/Pod',
  '/Secret',
  'batch/Job',
  'cert-manager.io/CertificateRequest',
  'acme.cert-manager.io/Order',
  'example.com/Widget',
].map((name): Resource => {
  const [group = '', kind = ''] = name.split('/');
  const plural = `${kind.toLowerCase()}s`;
  return { group, version: 'v1', kind, plural, namespaced: true, verbs: ['get', 'list'] };
});
const kindsBelow = (group: string, kind: string): string[] =>
  childKinds({ group, kind }, served).map((it) => it.kind);

describe('the kinds of what an object may own', () => {
  it("are those that Kubernetes' controllers make of it, as far as the cluster serves them", () => {
    expect(kindsBelow('apps', 'Deployment')).toEqual(['ReplicaSet']);
    expect(kindsBelow('batch', 'CronJob')).toEqual(['Job']);
    expect(kindsBelow('apps', 'StatefulSet')).toEqual(['Pod']);
    expect(kindsBelow('', 'ConfigMap')).toEqual([]);
    expect(kindsBelow('rbac.authorization.k8s.io', 'Role')).toEqual([]);
  });

  it('are for custom resources what operators make, and kinds of the same domain', () => {
    const kinds = kindsBelow('cert-manager.io', 'Certificate');
    expect(kinds).toEqual(expect.arrayContaining(['Secret', 'Pod', 'CertificateRequest', 'Order']));
    expect(kinds).not.toContain('Widget');
  });
});

describe('a query for objects', () => {
  const object = {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    namespace: 'a',
    name: 'b',
  };
  const query = { group: '', kind: '', namespace: '', name: '' };

  it('takes kinds as people call them', () => {
    for (const kind of ['NetworkPolicy', 'networkpolicies', 'netpol', 'NETWORKPOLICY'])
      expect(fits({ ...query, kind }, object), kind).toBe(true);
    expect(fits({ ...query, kind: 'ingresses' }, { ...object, kind: 'Ingress' })).toBe(true);
    for (const kind of ['policy', 'networkpolicys', 'net'])
      expect(fits({ ...query, kind }, object), kind).toBe(kind === 'networkpolicys');
  });

  it('wants every part that is given', () => {
    expect(fits({ ...query, group: 'networking.k8s.io', namespace: 'a', name: 'b' }, object)).toBe(true);
    expect(fits({ ...query, namespace: 'c' }, object)).toBe(false);
    expect(fits({ ...query, group: 'apps' }, object)).toBe(false);
  });
});

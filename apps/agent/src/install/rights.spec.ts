import { describe, expect, it } from 'vitest';
import { parseRights } from './rights.ts';

describe('the rights of an agent', () => {
  it('are an administrator’s when none are named', () => {
    expect(parseRights({})).toEqual({ ok: true });
  });

  it('are named as for kubectl: by plural, by kind, or by plural and group', () => {
    const parsed = parseRights({
      namespaces: 'shop, pay,shop',
      kinds: 'configmaps,Deployment,ingresses.networking.k8s.io,certificates.cert-manager.io',
      clusterKinds: 'clusterroles,clusterissuers.cert-manager.io',
      impersonate: 'shop/deployer',
    });
    expect(parsed).toEqual({
      ok: true,
      rights: {
        namespaces: ['shop', 'pay'],
        kinds: [
          { plural: 'configmaps', group: '' },
          { plural: 'deployments', group: 'apps' },
          { plural: 'ingresses', group: 'networking.k8s.io' },
          { plural: 'certificates', group: 'cert-manager.io' },
        ],
        clusterKinds: [
          { plural: 'clusterroles', group: 'rbac.authorization.k8s.io' },
          { plural: 'clusterissuers', group: 'cert-manager.io' },
        ],
        impersonate: [{ namespace: 'shop', name: 'deployer' }],
      },
    });
  });

  it('are for no namespaced kind when only others are named', () => {
    expect(parseRights({ clusterKinds: 'clusterroles' })).toMatchObject({ ok: true, rights: { kinds: [] } });
  });

  it.each([
    [{ namespaces: 'Shop' }, '--namespaces: "Shop" is no name of a namespace'],
    [{ namespaces: 'shop,' }, '--namespaces: a name is missing between commas'],
    [{ kinds: 'widgets' }, '"widgets" is not a kind that every cluster has: write plural.group'],
    [{ kinds: 'clusterroles' }, 'ClusterRole is in no namespace: name it with --cluster-kinds'],
    [{ clusterKinds: 'deployments.apps' }, 'Deployment is in namespaces: name it with --kinds'],
    [{ namespaces: 'shop', impersonate: 'deployer' }, '"deployer" is not namespace/name'],
    [{ namespaces: 'shop', impersonate: 'a/b/c' }, '"a/b/c" is not namespace/name'],
    [{ impersonate: 'shop/deployer' }, 'the agent is an administrator, who may act as anybody'],
  ])('are refused where they cannot be meant: %j', (text, problem) => {
    const parsed = parseRights(text);
    expect(parsed.ok ? [] : parsed.problems).toEqual([expect.stringContaining(problem)]);
  });

  it('are refused with everything that is wrong at once', () => {
    const parsed = parseRights({ namespaces: 'A,B', kinds: 'nodes', impersonate: 'x' });
    expect(parsed.ok ? [] : parsed.problems).toHaveLength(4);
  });
});

import { describe, expect, it } from 'vitest';
import { rbacOf } from './rbac.ts';
import { parseRights } from './rights.ts';
import type { RightsText } from './rights.ts';

interface Rbac {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

function rbac(text: RightsText): readonly Rbac[] {
  const parsed = parseRights(text);
  if (!parsed.ok || !parsed.rights) throw new Error('no rights');
  return rbacOf(parsed.rights, {}) as readonly Rbac[];
}

/** `Kind namespace/name: resources`. */
function lines(objects: readonly Rbac[]): readonly string[] {
  return objects.map(
    ({ kind, metadata: { namespace, name }, rules }) =>
      `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}` +
      (rules ? `: ${rules.flatMap((rule) => rule.resources).join(',')}` : ''),
  );
}

describe('the RBAC of an agent with narrowed rights', () => {
  it('is a Role in each of its namespaces, and what the agent keeps of itself', () => {
    expect(lines(rbac({ namespaces: 'shop,pay' }))).toEqual([
      'Namespace shop',
      'Namespace pay',
      'ClusterRole muster-agent: namespaces',
      'ClusterRoleBinding muster-agent',
      'Role muster-system/muster-agent: secrets,leases',
      'RoleBinding muster-system/muster-agent',
      'Role shop/muster-agent-workloads: *',
      'RoleBinding shop/muster-agent-workloads',
      'Role pay/muster-agent-workloads: *',
      'RoleBinding pay/muster-agent-workloads',
    ]);
  });

  it('is for the named kinds only, and for looking behind workloads', () => {
    const told = lines(
      rbac({ namespaces: 'shop', kinds: 'configmaps,deployments', clusterKinds: 'clusterroles' }),
    );
    expect(told).toContain('ClusterRole muster-agent: namespaces,clusterroles');
    expect(told).toContain(
      'Role shop/muster-agent-workloads: configmaps,deployments,pods,events,pods/log,replicasets,jobs',
    );
  });

  it('is one ClusterRole where kinds are named and namespaces are not; then it makes those that bundles name', () => {
    const objects = rbac({ kinds: 'configmaps' });
    expect(lines(objects).slice(0, 2)).toEqual([
      'ClusterRole muster-agent: namespaces,configmaps,pods,events,pods/log,replicasets,jobs',
      'ClusterRoleBinding muster-agent',
    ]);
    expect(objects[0]!.rules![0]!.verbs).toEqual(['get', 'list', 'create']);
  });

  it('lets it act as the named service accounts, each in its namespace, and as nobody else', () => {
    const objects = rbac({ namespaces: 'shop', impersonate: 'shop/deployer,shop/other,pay/deployer' });
    const impersonating = objects.filter((it) =>
      it.rules?.some((rule) => rule.verbs.includes('impersonate')),
    );
    expect(
      impersonating.map(({ metadata, rules }) => [metadata.namespace, rules![0]!.resourceNames]),
    ).toEqual([
      ['shop', ['deployer', 'other']],
      ['pay', ['deployer']],
    ]);
  });

  it('never holds a verb that gives more rights than it names', () => {
    const verbs = rbac({ namespaces: 'shop', clusterKinds: 'clusterroles', kinds: 'roles' })
      .flatMap((it) => it.rules ?? [])
      .flatMap((rule) => rule.verbs);
    for (const verb of ['*', 'escalate', 'bind', 'impersonate']) expect(verbs).not.toContain(verb);
  });
});

import { agentNamespace } from '../resources.ts';
import type { KindName } from './known-kinds.ts';
import type { Rights } from './rights.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;
const name = 'muster-agent';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** To see what is there, to apply, and to delete what left. Server-side apply is a patch that may create. */
const keep = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const look = ['get', 'list'];

/** What the agent keeps of itself in its own namespace: state, identity, join token; and its Lease. */
const own: readonly Rule[] = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'delete'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
];

/** What stands behind workloads: for their health, and for `muster tree`, `events` and `logs`. */
const behindWorkloads: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods', 'events'], verbs: look },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: look },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: look },
];

/** The Roles and bindings of an agent with these rights and no others. Its namespace and account are not among them. */
export function rbacOf(rights: Rights, labels: Readonly<Record<string, string>>): readonly object[] {
  const { namespaces, impersonate } = rights;
  const workloads = workloadRules(rights);
  const accounts = new Map<string, string[]>();
  for (const account of impersonate)
    accounts.set(account.namespace, [...(accounts.get(account.namespace) ?? []), account.name]);
  const cluster: readonly Rule[] = [
    ...namespaceRules(namespaces),
    ...rulesFor(rights.clusterKinds, keep),
    ...(namespaces === undefined ? workloads : []),
  ];
  return [
    ...places(namespaces ?? [], accounts).map((place) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: place },
    })),
    ...bound({ name, labels }, cluster),
    ...bound({ name, namespace: agentNamespace, labels }, own),
    ...(namespaces ?? []).flatMap((namespace) =>
      bound({ name: `${name}-workloads`, namespace, labels }, workloads),
    ),
    ...[...accounts].flatMap(([namespace, resourceNames]) =>
      bound({ name: `${name}-impersonate`, namespace, labels }, [
        { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'], resourceNames },
      ]),
    ),
  ];
}

/** A Role must have its namespace before it. */
function places(namespaces: readonly string[], accounts: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...namespaces, ...accounts.keys()])].filter((place) => place !== agentNamespace);
}

/** The uid of kube-system is the cluster's; the others are those that bundles bring their objects into. */
function namespaceRules(namespaces: readonly string[] | undefined): readonly Rule[] {
  const rule = { apiGroups: [''], resources: ['namespaces'] };
  return namespaces === undefined
    ? [{ ...rule, verbs: ['get', 'list', 'create'] }]
    : [{ ...rule, verbs: ['get'], resourceNames: ['kube-system', ...namespaces] }];
}

function workloadRules({ kinds }: Rights): readonly Rule[] {
  if (kinds === undefined) return [{ apiGroups: ['*'], resources: ['*'], verbs: keep }];
  return kinds.length === 0 ? [] : [...rulesFor(kinds, keep), ...behindWorkloads];
}

/** One rule a group, in the order in which groups were named. */
function rulesFor(kinds: readonly KindName[], verbs: readonly string[]): readonly Rule[] {
  const groups = new Map<string, string[]>();
  for (const { group, plural } of kinds) groups.set(group, [...(groups.get(group) ?? []), plural]);
  return [...groups].map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));
}

function bound(
  metadata: { readonly name: string; readonly namespace?: string; readonly labels: object },
  rules: readonly Rule[],
): readonly object[] {
  const kind = metadata.namespace === undefined ? 'ClusterRole' : 'Role';
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: agentNamespace }],
    },
  ];
}

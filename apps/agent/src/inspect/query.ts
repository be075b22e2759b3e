import { InspectionRefused } from './model.ts';
import type { ObjectQuery, ObjectRef, TreeNode } from './model.ts';

/** As kubectl has them; those of other kinds are theirs to say. */
const shortNames: Readonly<Record<string, string>> = {
  cj: 'cronjob',
  cm: 'configmap',
  crd: 'customresourcedefinition',
  deploy: 'deployment',
  ds: 'daemonset',
  hpa: 'horizontalpodautoscaler',
  ing: 'ingress',
  netpol: 'networkpolicy',
  ns: 'namespace',
  pdb: 'poddisruptionbudget',
  po: 'pod',
  pv: 'persistentvolume',
  pvc: 'persistentvolumeclaim',
  rs: 'replicaset',
  sa: 'serviceaccount',
  sc: 'storageclass',
  sts: 'statefulset',
  svc: 'service',
};

export function asksForAll({ group, kind, namespace, name }: ObjectQuery): boolean {
  return !group && !kind && !namespace && !name;
}

export function fits(query: ObjectQuery, object: ObjectRef): boolean {
  return (
    (!query.group || query.group === object.group) &&
    (!query.namespace || query.namespace === object.namespace) &&
    (!query.name || query.name === object.name) &&
    (!query.kind || isKind(query.kind, object.kind))
  );
}

function isKind(asked: string, kind: string): boolean {
  const lower = asked.toLowerCase();
  const singular = kind.toLowerCase();
  if ((shortNames[lower] ?? lower) === singular) return true;
  return plurals(singular).includes(lower);
}

/** `ingress` → `ingresses`, `networkpolicy` → `networkpolicies`. */
function plurals(singular: string): readonly string[] {
  if (singular.endsWith('y')) return [`${singular.slice(0, -1)}ies`, `${singular}s`];
  return /(s|x|ch)$/.test(singular) ? [`${singular}es`] : [`${singular}s`];
}

/** The one node that is asked for. Throws `InspectionRefused` when there is none, or more than one. */
export function theOne(query: ObjectQuery, nodes: readonly TreeNode[], bundle: string): TreeNode {
  const found = nodes.filter(({ object }) => fits(query, object));
  const [first, ...others] = found;
  if (!first) throw new InspectionRefused('not-found', `bundle ${bundle} has no ${printQuery(query)} here`);
  if (others.length === 0) return first;
  const names = found.slice(0, 5).map(({ object }) => printRef(object));
  const more = found.length > names.length ? ` and ${found.length - names.length} more` : '';
  throw new InspectionRefused('ambiguous', `${printQuery(query)} may be ${names.join(', ')}${more}`);
}

export function printQuery({ group, kind, namespace, name }: ObjectQuery): string {
  const what = [group && kind ? `${kind}.${group}` : kind || group, name].filter((it) => it).join(' ');
  return [what || 'object', namespace && `in namespace ${namespace}`].filter((it) => it).join(' ');
}

export function printRef({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

import { knownKind } from './known-kinds.ts';
import type { KindName } from './known-kinds.ts';
import { isNamespaceName } from './names.ts';

/** What an agent that isn't an administrator may do. */
export interface Rights {
  /** Absent: in all of them. */
  readonly namespaces?: readonly string[];
  /** Namespaced kinds; absent: all of them. */
  readonly kinds?: readonly KindName[];
  readonly clusterKinds: readonly KindName[];
  /** Service accounts that bundles may name. */
  readonly impersonate: readonly { readonly namespace: string; readonly name: string }[];
}

/** As a person writes them: each a list with commas. */
export interface RightsText {
  readonly namespaces?: string;
  readonly kinds?: string;
  readonly clusterKinds?: string;
  readonly impersonate?: string;
}

export type ParsedRights =
  /** `rights` is absent when none were named: the agent is an administrator then. */
  | { readonly ok: true; readonly rights?: Rights }
  | { readonly ok: false; readonly problems: readonly string[] };

export function parseRights(text: RightsText): ParsedRights {
  const problems: string[] = [];
  const each = <T>(flag: string, list: string | undefined, read: (item: string) => T | string): T[] => {
    const found: T[] = [];
    for (const item of new Set(list?.split(',').map((part) => part.trim()) ?? [])) {
      const value = item === '' ? 'a name is missing between commas' : read(item);
      if (typeof value === 'string') problems.push(`${flag}: ${value}`);
      else found.push(value);
    }
    return found;
  };
  const namespaces = each('--namespaces', text.namespaces, (name) =>
    isNamespaceName(name) ? { name } : `"${name}" is no name of a namespace`,
  ).map(({ name }) => name);
  const kinds = each('--kinds', text.kinds, (item) => readKind(item, true));
  const clusterKinds = each('--cluster-kinds', text.clusterKinds, (item) => readKind(item, false));
  const impersonate = each('--impersonate', text.impersonate, readAccount);
  const isNarrowed =
    text.namespaces !== undefined || text.kinds !== undefined || text.clusterKinds !== undefined;
  if (text.impersonate !== undefined && !isNarrowed)
    problems.push(
      '--impersonate: without --namespaces, --kinds or --cluster-kinds the agent is an administrator, who may act as anybody',
    );
  if (problems.length > 0) return { ok: false, problems };
  if (!isNarrowed) return { ok: true };
  // Whoever names cluster-scoped kinds only means these only.
  const onlyClusterKinds = text.namespaces === undefined && text.kinds === undefined;
  return {
    ok: true,
    rights: {
      ...(text.namespaces !== undefined && { namespaces }),
      ...((text.kinds !== undefined || onlyClusterKinds) && { kinds }),
      clusterKinds,
      impersonate,
    },
  };
}

function readKind(item: string, wantsNamespaced: boolean): KindName | string {
  const known = knownKind(item);
  if (known && known.namespaced !== wantsNamespaced)
    return known.namespaced
      ? `${known.kind} is in namespaces: name it with --kinds`
      : `${known.kind} is in no namespace: name it with --cluster-kinds`;
  if (known) return { plural: known.plural, group: known.group };
  const [, plural, group] = /^([a-z][a-z0-9-]*)\.([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/.exec(item) ?? [];
  if (plural === undefined || group === undefined)
    return `"${item}" is not a kind that every cluster has: write plural.group, as in certificates.cert-manager.io`;
  return { plural, group };
}

function readAccount(item: string): { readonly namespace: string; readonly name: string } | string {
  const [namespace = '', name = '', ...more] = item.split('/');
  const isName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name);
  if (!isNamespaceName(namespace) || !isName || more.length > 0)
    return `"${item}" is not namespace/name of a service account`;
  return { namespace, name };
}

import { healthOf, plainLine, podProblem } from '@muster/health';
import type { Health } from '@muster/health';
import type { KubeObject, Resource } from '@muster/kube';
import { childKinds } from './children.ts';
import type { ObjectRef, TreeNode } from './model.ts';
import { fieldsOf, selectorText } from './read.ts';
import { rootsOf } from './roots.ts';
import type { Root } from './roots.ts';
import { readSafely } from './safely.ts';
import { needsWhole } from './tree-options.ts';
import type { TreeOptions } from './tree-options.ts';

/** An object in the cluster, as the tree has it. */
export interface Branch {
  readonly node: TreeNode;
  readonly resource: Resource | undefined;
  /** As it was listed: of some kinds the metadata alone. */
  readonly live: KubeObject | undefined;
}

export interface Tree {
  /** Each after the one that owns it. */
  readonly branches: readonly Branch[];
  readonly notices: readonly string[];
}

const maxNodes = 2_000;
const maxDepth = 6;
const maxPerList = 2_000;
/** Of more owners than these, in one namespace, the children are found in one list. */
const maxSelectors = 10;

/** The objects of a bundle and what they own, to the last Pod. */
export async function gatherTree(options: TreeOptions): Promise<Tree> {
  return new Gathering(options).gather();
}

class Gathering {
  readonly #o: TreeOptions;
  readonly #notices = new Set<string>();
  readonly #children = new Map<string, Branch[]>();
  #count = 0;

  constructor(options: TreeOptions) {
    this.#o = options;
  }

  async gather(): Promise<Tree> {
    const roots = await rootsOf(this.#o, (text) => this.#notice(text));
    const branches = roots.map((root) => this.#rootBranch(root));
    this.#count = branches.length;
    for (let depth = 0, level: readonly Branch[] = branches; level.length > 0 && depth < maxDepth; depth++)
      level = await this.#below(level);
    return { branches: this.#inOrder(branches), notices: [...this.#notices] };
  }

  /** The children of all of a level. */
  async #below(level: readonly Branch[]): Promise<readonly Branch[]> {
    const found: Branch[] = [];
    for (const { resource, namespace, owners } of this.#places(level)) {
      for (const labelSelector of selectorsOf(owners, resource)) {
        const list = await readSafely(
          `${resource.plural} in ${namespace}`,
          (text) => this.#notice(text),
          () =>
            this.#o.kube.list(resource, {
              namespace,
              ...(labelSelector === undefined ? {} : { labelSelector }),
              metadataOnly: !needsWhole(resource, this.#o.rules),
              maxItems: maxPerList,
              signal: this.#o.signal,
            }),
        );
        if (list?.isCut)
          this.#notice(`there are more ${resource.plural} in ${namespace} than were looked at`);
        for (const item of list?.items ?? []) this.#adopt(item, resource, owners, found);
      }
    }
    return found;
  }

  #adopt(item: KubeObject, resource: Resource, owners: ReadonlyMap<string, Branch>, found: Branch[]): void {
    const owner = item.metadata.ownerReferences?.map(({ uid }) => owners.get(uid)).find((it) => it);
    const uid = item.metadata.uid ?? '';
    if (!owner || isEmptyReplicaSet(item) || found.some(({ node }) => node.uid === uid)) return;
    if (this.#count >= maxNodes) {
      this.#notice(`there is more than the ${maxNodes} objects that are shown`);
      return;
    }
    this.#count += 1;
    const branch = { node: this.#node(refOf(item, resource), item, owner.node.uid), resource, live: item };
    found.push(branch);
    const siblings = this.#children.get(owner.node.uid);
    if (siblings) siblings.push(branch);
    else this.#children.set(owner.node.uid, [branch]);
  }

  #places(level: readonly Branch[]): readonly Place[] {
    const served = this.#o.kinds.discovery?.resources ?? [];
    const places = new Map<string, Place>();
    for (const branch of level) {
      const { object, uid } = branch.node;
      if (!uid || !object.namespace) continue;
      for (const resource of childKinds(object, served)) {
        const key = `${resource.group}/${resource.plural}/${object.namespace}`;
        const place = places.get(key) ?? { resource, namespace: object.namespace, owners: new Map() };
        places.set(key, place);
        place.owners.set(uid, branch);
      }
    }
    return [...places.values()];
  }

  #rootBranch({ object, resource, live }: Root): Branch {
    if (live) return { node: this.#node(object, live, ''), resource, live };
    const message = resource ? 'it is not in the cluster' : 'the cluster does not serve its kind';
    const gone = { uid: '', parentUid: '', createdAt: 0, terminating: false };
    return { node: { object, ...gone, health: 'Missing', message }, resource, live };
  }

  #node(object: ObjectRef, live: KubeObject, parentUid: string): TreeNode {
    const { uid = '', creationTimestamp = '', deletionTimestamp } = live.metadata;
    const health = this.#health(live);
    return {
      object,
      uid,
      parentUid,
      health: health.status,
      message: plainLine(health.message, 500),
      createdAt: Date.parse(creationTimestamp) || 0,
      terminating: deletionTimestamp !== undefined,
    };
  }

  /** A Pod's own story says more than its phase. */
  #health(live: KubeObject): Health {
    const health = healthOf(live, this.#o.rules);
    const problem = live.kind === 'Pod' && live.apiVersion === 'v1' ? podProblem(live) : undefined;
    return problem && health.status !== 'Healthy' ? { ...health, message: problem.text } : health;
  }

  #inOrder(roots: readonly Branch[]): readonly Branch[] {
    const result: Branch[] = [];
    const add = (branch: Branch): void => {
      result.push(branch);
      const { uid } = branch.node;
      const children = uid ? (this.#children.get(uid) ?? []) : [];
      for (const child of [...children].sort(byKindAndName)) add(child);
    };
    // What is wanted may be owned by something else that is wanted as well.
    const owned = new Set([...this.#children.values()].flat().map(({ node }) => node.uid));
    for (const root of roots) if (!root.node.uid || !owned.has(root.node.uid)) add(root);
    return result;
  }

  #notice(text: string): void {
    this.#notices.add(text);
  }
}

interface Place {
  readonly resource: Resource;
  readonly namespace: string;
  readonly owners: Map<string, Branch>;
}

/** Of workloads only their own Pods are asked for, where they are few. `undefined`: all of the namespace. */
function selectorsOf(
  owners: ReadonlyMap<string, Branch>,
  { kind }: Resource,
): readonly (string | undefined)[] {
  if (kind !== 'Pod' && kind !== 'ReplicaSet') return [undefined];
  const selectors = [...owners.values()].map(({ live }) => selectorText(fieldsOf(live?.['spec']).selector));
  return selectors.length > maxSelectors || selectors.includes(undefined)
    ? [undefined]
    : [...new Set(selectors)];
}

/** What a Deployment keeps to roll back to. */
function isEmptyReplicaSet({ kind, spec, status, metadata }: KubeObject): boolean {
  if (kind !== 'ReplicaSet' || metadata.ownerReferences?.[0]?.kind !== 'Deployment') return false;
  return fieldsOf(spec).replicas === 0 && !fieldsOf(status).replicas;
}

function refOf({ metadata }: KubeObject, { group, version, kind }: Resource): ObjectRef {
  return { group, version, kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

function byKindAndName(a: Branch, b: Branch): number {
  const [left, right] = [a, b].map(({ node: { object } }) => `${object.kind} ${object.name}`);
  return left! < right! ? -1 : 1;
}

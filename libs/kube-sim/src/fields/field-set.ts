/**
 * A set of paths in an object, as `managedFields` keep it. A path's elements are their FieldsV1 text: `f:name` of a
 * field, `k:{"name":"web"}` of a list's item by its keys, `v:"x"` of a set's item by its value.
 *
 * A node is a path; `member` says whether the path itself is in the set, `children` lead on. Sets are never changed
 * in place. Every node but the root is a member or has children: no branch ends in nothing.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

const none: ReadonlyMap<string, FieldSet> = new Map();

export const emptySet: FieldSet = { member: false, children: none };
export const leaf: FieldSet = { member: true, children: none };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** From `children`, without those that are empty. */
export const nodeOf = (member: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet =>
  children.size === 0 ? (member ? leaf : emptySet) : { member, children };

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const other = children.get(element);
    children.set(element, other === undefined ? child : union(other, child));
  }
  return nodeOf(a.member || b.member, children);
};

/** The paths of `a` that are not in `b`; what lies under a path of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmpty(b)) return a;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const rest = other === undefined ? child : difference(child, other);
    if (!isEmpty(rest)) children.set(element, rest);
  }
  return nodeOf(a.member && !b.member, children);
};

/** The paths of `a` that are neither in `b` nor under a path of `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (b.member) return emptySet;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const rest = other === undefined ? child : recursiveDifference(child, other);
    if (!isEmpty(rest)) children.set(element, rest);
  }
  return nodeOf(a.member, children);
};

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const both = other === undefined ? emptySet : intersection(child, other);
    if (!isEmpty(both)) children.set(element, both);
  }
  return nodeOf(a.member && b.member, children);
};

export const setsEqual = (a: FieldSet, b: FieldSet): boolean => {
  if (a === b) return true;
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (other === undefined || !setsEqual(child, other)) return false;
  }
  return true;
};

/** Every path of the set, as its elements: at each level its members first, then what lies below, as Kubernetes lists them. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  const children = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [element, child] of children) if (child.member) yield [...prefix, element];
  for (const [element, child] of children) yield* pathsOf(child, [...prefix, element]);
}

/** The set of these paths. */
export const setOf = (...paths: readonly (readonly string[])[]): FieldSet => {
  let set = emptySet;
  for (const path of paths) {
    set = union(
      set,
      path.reduceRight<FieldSet>((child, element) => nodeOf(false, new Map([[element, child]])), leaf),
    );
  }
  return set;
};

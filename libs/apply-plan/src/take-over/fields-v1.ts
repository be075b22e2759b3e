/**
 * A set of fields as `managedFields[].fieldsV1` tells it: a member's name (`f:spec`, `k:{"name":"web"}`, `v:"x"`,
 * `i:0`) leads to what is owned below it; `{}` owns the member itself, and `.` does so beside members below it.
 */
export interface FieldsV1 {
  readonly [element: string]: FieldsV1;
}

/** Elements from the root: each as it is told, or what tells whether it is meant. */
export type FieldPath = readonly (string | ((element: string) => boolean))[];

const itself = '.';

/** What either owns. */
export function unionOfFields(a: FieldsV1, b: FieldsV1): FieldsV1 {
  const union: Record<string, FieldsV1> = { ...a };
  for (const [element, below] of Object.entries(b)) {
    const known = union[element];
    union[element] = known === undefined ? below : unionBelow(known, below);
  }
  return union;
}

/** A leaf beside a branch: the member is owned, and so is what the branch owns below it. */
function unionBelow(a: FieldsV1, b: FieldsV1): FieldsV1 {
  const union = unionOfFields(a, b);
  const ownsItself = isLeaf(a) || isLeaf(b);
  return ownsItself && !isLeaf(union) ? { [itself]: {}, ...union } : union;
}

/** The part of a set at and below these paths, and the rest of it. */
export function splitFields(
  fields: FieldsV1,
  paths: readonly FieldPath[],
): { readonly inside: FieldsV1; readonly outside: FieldsV1 } {
  const inside: Record<string, FieldsV1> = {};
  const outside: Record<string, FieldsV1> = {};
  for (const [element, below] of Object.entries(fields)) {
    const rests = paths.filter(([first]) => isMeant(first, element)).map((path) => path.slice(1));
    if (rests.some((rest) => rest.length === 0)) inside[element] = below;
    else if (rests.length === 0) outside[element] = below;
    else {
      const split = splitFields(below, rests);
      // An empty set here would say that the member itself is owned.
      if (!isLeaf(split.inside)) inside[element] = split.inside;
      if (!isLeaf(split.outside) || isLeaf(below)) outside[element] = split.outside;
    }
  }
  return { inside, outside };
}

function isMeant(step: FieldPath[number] | undefined, element: string): boolean {
  return typeof step === 'function' ? element !== itself && step(element) : step === element;
}

export function isEmptySet(fields: FieldsV1): boolean {
  return isLeaf(fields);
}

function isLeaf(fields: FieldsV1): boolean {
  return Object.keys(fields).length === 0;
}

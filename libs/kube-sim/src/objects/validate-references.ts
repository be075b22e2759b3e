import type { StatusCause } from '../api/api-error.ts';
import { isObject, listAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { wrong } from './causes.ts';
import { finalizersOf } from './metadata.ts';
import { qualifiedNameProblems } from './names.ts';

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Finalizers bear a domain's name; of custom resources the real server tolerates any. */
export const validateFinalizers = (object: JsonObject, isCustom: boolean): StatusCause[] => {
  const finalizers = finalizersOf(object);
  const causes = finalizers.flatMap((finalizer) =>
    qualifiedNameProblems(finalizer).map((problem) => wrong('metadata.finalizers', finalizer, problem)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set';
    causes.push(wrong('metadata.finalizers', finalizers, why));
  }
  if (isCustom) return causes;
  for (const [index, finalizer] of finalizers.entries()) {
    if (finalizer.includes('/') || standardFinalizers.has(finalizer)) continue;
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    causes.push(wrong(`metadata.finalizers[${index}]`, finalizer, why));
  }
  return causes;
};

const emptyFields = (owner: Json): StatusCause[] =>
  ['uid', 'apiVersion', 'kind', 'name']
    .filter((field) => (textAt(owner, field) ?? '') === '')
    .map((field) =>
      wrong(
        `metadata.ownerReferences.${field}`,
        '',
        field === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
      ),
    );

/** Owners are named completely, and at most one of them controls. */
export const validateOwners = (object: JsonObject): StatusCause[] => {
  const owners = listAt(object, 'metadata', 'ownerReferences').filter(isObject);
  const causes = owners.flatMap(emptyFields);
  const [first, second] = owners
    .filter((owner) => owner['controller'] === true)
    .map((owner) => `${textAt(owner, 'kind') ?? ''}/${textAt(owner, 'name') ?? ''}`);
  if (first !== undefined && second !== undefined) {
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`;
    causes.push(wrong('metadata.ownerReferences', owners, why));
  }
  return causes;
};

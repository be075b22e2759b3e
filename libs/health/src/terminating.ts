import type { LiveObject } from './model.ts';
import { conditionOf, fieldsOf, textOf } from './read.ts';

/** What is said of an object that is being deleted, and of which nothing says why it still is there. */
export const beingDeleted = 'the object is being deleted';

/** Why the namespace controller has not come to the end of a deletion, and why the CRD's has not. */
const remainders: Readonly<Record<string, readonly string[]>> = {
  'v1/Namespace': [
    'NamespaceDeletionDiscoveryFailure',
    'NamespaceDeletionGroupVersionParsingFailure',
    'NamespaceDeletionContentFailure',
    'NamespaceFinalizersRemaining',
    'NamespaceContentRemaining',
  ],
  'apiextensions.k8s.io/v1/CustomResourceDefinition': ['Terminating'],
};

/** Of an object that is being deleted: what its controller says that holds it. */
export function terminatingMessage(object: LiveObject): string {
  const types = remainders[`${textOf(object.apiVersion)}/${textOf(object.kind)}`] ?? [];
  const remaining = types
    .map((type) => conditionOf(fieldsOf(object.status), type))
    .filter((condition) => condition?.status === 'True')
    .map((condition) => condition!.message.replace(/[.,]$/, ''))
    .filter((message) => message !== '');
  return remaining.length === 0 ? beingDeleted : remaining.join('; ');
}

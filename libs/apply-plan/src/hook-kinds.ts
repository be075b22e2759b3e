import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';

/** Kinds that do something once: a run needs an object of its own. */
const running: ReadonlySet<string> = new Set(['batch/Job', '/Pod', 'argoproj.io/Workflow']);

/** Deleting one destroys what a commit cannot bring back: no hook's policy suffices. */
const dear: ReadonlySet<string> = new Set([
  '/Namespace',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

export function hasRun(id: ObjectId): boolean {
  return running.has(kindOf(id));
}

export function keepsForever(id: ObjectId): boolean {
  return dear.has(kindOf(id));
}

function kindOf(id: ObjectId): string {
  const key = parseObjectId(id);
  return key ? `${key.group}/${key.kind}` : '';
}

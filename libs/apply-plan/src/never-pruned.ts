import { pruneAnnotation } from '@muster/manifest';

const helmPolicy = 'helm.sh/resource-policy';
const syncOptions = 'argocd.argoproj.io/sync-options';

/**
 * What Argo CD would not delete by itself: when an object left Git (`Prune`), or its application went (`Delete`).
 * `confirm` asks a person, and nobody can be asked for one object here.
 */
const argoKeeps: ReadonlySet<string> = new Set([
  'Prune=false',
  'Prune=confirm',
  'Delete=false',
  'Delete=confirm',
]);

/**
 * Whether an object says of itself that it is to stay when it leaves its bundle. Muster's own annotation holds where
 * there is one that can be read; else any other tool's that says so, for a deletion cannot be taken back.
 */
export function isNeverPruned(annotations: Readonly<Record<string, string>>): boolean {
  const own = annotations[pruneAnnotation]?.trim();
  if (own === 'false' || own === 'true') return own === 'false';
  if (annotations[helmPolicy]?.trim() === 'keep') return true;
  return (annotations[syncOptions] ?? '').split(',').some((option) => argoKeeps.has(option.trim()));
}

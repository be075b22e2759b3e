const replaceAnnotation = 'muster.dev/replace';
const syncOptions = 'argocd.argoproj.io/sync-options';

/** Of what would go with it: data, or other people's objects. By `<group>/<kind>`. */
const dear = new Set([
  '/Namespace',
  '/PersistentVolumeClaim',
  'apps/StatefulSet',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/**
 * Whether an object says that it may be deleted and made anew where a field would have to change that cannot.
 * Argo CD's two options replace more than that; what they have in common with ours is the consent to a new object.
 */
export function isReplaceAsked(annotations: Readonly<Record<string, string>>): boolean {
  const own = annotations[replaceAnnotation];
  if (own !== undefined) return own === 'true';
  const options = (annotations[syncOptions] ?? '').split(',').map((option) => option.trim());
  return options.includes('Replace=true') || options.includes('Force=true');
}

/** Whether a replacement waits for a person's consent to deletions of the bundle, though the object asks for it. */
export function needsConsentToReplace({
  group,
  kind,
}: {
  readonly group: string;
  readonly kind: string;
}): boolean {
  return dear.has(`${group}/${kind}`);
}

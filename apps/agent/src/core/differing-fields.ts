import type { KubeObject } from '@muster/kube';

/**
 * The fields of `spec` that a manifest sets otherwise than they are, but for those that the API server's refusal names
 * as ones that may change ("fields other than 'replicas', …"). For people: a field that only looks different (`1Gi`
 * for `1024Mi`) may be among them.
 */
export function differingFields(bytes: Uint8Array, live: KubeObject, refusal: string): readonly string[] {
  const desired = (JSON.parse(Buffer.from(bytes).toString('utf8')) as { spec?: unknown }).spec;
  const current = live['spec'];
  if (!isMap(desired) || !isMap(current)) return [];
  const [said = ''] = refusal.split('\n', 1);
  const mayChange = new Set(said.slice(said.search(/other than|except/)).match(/\w+/g));
  return Object.keys(desired)
    .filter((field) => !mayChange.has(field) && !holds(current[field], desired[field]))
    .map((field) => `spec.${field}`);
}

/** Whether a live value has all that a desired one says; defaults may have come to it. */
function holds(live: unknown, desired: unknown): boolean {
  if (Array.isArray(desired))
    return (
      Array.isArray(live) &&
      live.length === desired.length &&
      desired.every((item, index) => holds(live[index], item))
    );
  if (isMap(desired))
    return isMap(live) && Object.keys(desired).every((key) => holds(live[key], desired[key]));
  return live === desired;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

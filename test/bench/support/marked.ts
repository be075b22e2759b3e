import { randomUUID } from 'node:crypto';
import { finalizeObject, objectId } from '@muster/manifest';
import { nameOf } from './config-maps.ts';

/** Of another fleet, so that the agent under measurement doesn't take the objects for its own. */
const fleet = randomUUID();

/** ConfigMaps as the agent would send them for `bundle`, byte for byte but for whose fleet it is: marks included. */
export function marked(
  objects: readonly Uint8Array[],
  { namespace, bundle }: { readonly namespace: string; readonly bundle: string },
): Uint8Array[] {
  return objects.map((bytes) => {
    const id = objectId({ group: '', kind: 'ConfigMap', namespace, name: nameOf(bytes) });
    const final = finalizeObject(bytes, { namespace, fleet, bundle, objectId: id });
    if (!final.ok) throw new Error(final.problem);
    return final.bytes;
  });
}

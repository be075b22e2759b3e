import { listAt, objectAt, textAt, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf, uidOf } from '../objects/metadata.ts';

const powers: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Of a quantity of storage; 0 for what is none. */
const bytesOf = (quantity: string | undefined): number => {
  const [, digits = '0', suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity ?? '') ?? [];
  return Number(digits) * (powers[suffix] ?? 1);
};

export const claimRefOf = (claim: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: namespaceOf(claim) ?? '',
  name: nameOf(claim),
  uid: uidOf(claim),
});

const className = (object: JsonObject): string => textAt(object, 'spec', 'storageClassName') ?? '';

/** Whether a claim can have a volume: one that is free, of the same class, and large enough. */
export const fits = (volume: JsonObject, claim: JsonObject): boolean => {
  const reserved = objectAt(volume, 'spec', 'claimRef');
  const isOpen =
    reserved === undefined ||
    (textAt(reserved, 'name') === nameOf(claim) &&
      textAt(reserved, 'namespace') === namespaceOf(claim) &&
      (textAt(reserved, 'uid') ?? uidOf(claim)) === uidOf(claim));
  const named = textAt(claim, 'spec', 'volumeName') ?? nameOf(volume);
  const modes = listAt(volume, 'spec', 'accessModes');
  const requested = bytesOf(textAt(claim, 'spec', 'resources', 'requests', 'storage'));
  return (
    isOpen &&
    named === nameOf(volume) &&
    className(volume) === className(claim) &&
    listAt(claim, 'spec', 'accessModes').every((mode) => modes.includes(mode)) &&
    bytesOf(textAt(volume, 'spec', 'capacity', 'storage')) >= requested
  );
};

/** What the provisioner of a class would make for a claim. */
export const provisionedVolume = (claim: JsonObject, storageClass: JsonObject): JsonObject => {
  const name = `pvc-${uidOf(claim)}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: { 'pv.kubernetes.io/provisioned-by': textAt(storageClass, 'provisioner') ?? '' },
    },
    spec: {
      capacity: objectAt(claim, 'spec', 'resources', 'requests') ?? {},
      accessModes: listAt(claim, 'spec', 'accessModes'),
      claimRef: claimRefOf(claim),
      storageClassName: className(claim),
      persistentVolumeReclaimPolicy: textAt(storageClass, 'reclaimPolicy') ?? 'Delete',
      hostPath: { path: `/volumes/${name}` },
    },
  };
};

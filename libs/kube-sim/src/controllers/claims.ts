import { listAt, objectAt, textAt, type JsonObject } from '../json/value.ts';
import { isTerminating, nameOf, uidOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf, objectKey } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';
import { claimRefOf, fits, provisionedVolume } from './volume-objects.ts';
import { resourceOf } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const claims = '/persistentvolumeclaims';
const volumes = '/persistentvolumes';
const classes = 'storage.k8s.io/storageclasses';

/** Binds claims to volumes that fit. Where their class is there, every provisioner works, and at once. */
export class ClaimController implements Controller {
  readonly #cluster: Cluster;
  readonly #claims: WorkQueue;
  readonly #volumes: WorkQueue;
  readonly #claimWriter: ControllerWriter;
  readonly #volumeWriter: ControllerWriter;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#claims = new WorkQueue(cluster, (key) => this.#bind(key));
    this.#volumes = new WorkQueue(cluster, (name) => this.#settle(name));
    this.#claimWriter = new ControllerWriter(cluster, resourceOf(cluster, claims));
    this.#volumeWriter = new ControllerWriter(cluster, resourceOf(cluster, volumes));
  }

  start(): void {
    this.#tryAllClaims();
    for (const volume of this.#cluster.store.list(volumes)) this.#volumes.add(nameOf(volume));
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === claims && type === 'ADDED') this.#claims.add(keyOf(object));
    if (storage === claims && type === 'DELETED') {
      const volume = textAt(object, 'spec', 'volumeName');
      if (volume !== undefined) this.#volumes.add(volume);
    }
    if (storage === volumes && type !== 'DELETED') this.#volumes.add(nameOf(object));
    if ((storage === volumes || storage === classes) && type === 'ADDED') this.#tryAllClaims();
  }

  stop(): void {
    this.#claims.stop();
    this.#volumes.stop();
  }

  #tryAllClaims(): void {
    for (const claim of this.#cluster.store.list(claims)) this.#claims.add(keyOf(claim));
  }

  #bind(key: string): void {
    const { store } = this.#cluster;
    const claim = store.get(claims, key);
    if (claim === undefined || isTerminating(claim) || textAt(claim, 'status', 'phase') === 'Bound') return;
    const volume = store.list(volumes).find((one) => fits(one, claim)) ?? this.#provisioned(claim);
    if (volume === undefined) return;
    this.#volumeWriter.set(volume, ['spec', 'claimRef'], claimRefOf(claim));
    this.#claimWriter.set(claim, ['spec', 'volumeName'], nameOf(volume));
    this.#claimWriter.set(claim, ['status'], {
      phase: 'Bound',
      accessModes: listAt(volume, 'spec', 'accessModes'),
      capacity: objectAt(volume, 'spec', 'capacity') ?? {},
    });
  }

  #provisioned(claim: JsonObject): JsonObject | undefined {
    const className = textAt(claim, 'spec', 'storageClassName');
    if (className === undefined) return undefined;
    const storageClass = this.#cluster.store.get(classes, className);
    return storageClass && this.#volumeWriter.create(provisionedVolume(claim, storageClass));
  }

  /** Says whose a volume is, and removes it with its claim where its policy says so. */
  #settle(name: string): void {
    const { store } = this.#cluster;
    const volume = store.get(volumes, name);
    if (volume === undefined || isTerminating(volume)) return;
    const reference = objectAt(volume, 'spec', 'claimRef');
    const key = objectKey(textAt(reference, 'namespace'), textAt(reference, 'name') ?? '');
    const claim = reference === undefined ? undefined : store.get(claims, key);
    const isReserved = reference !== undefined && textAt(reference, 'uid') === undefined;
    const isKept = claim !== undefined && uidOf(claim) === textAt(reference, 'uid');
    if (reference === undefined || isReserved) this.#tell(volume, 'Available');
    else if (isKept) this.#tell(volume, 'Bound');
    else if (textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete')
      this.#volumeWriter.delete(volume);
    else this.#tell(volume, 'Released');
  }

  #tell(volume: JsonObject, phase: string): void {
    this.#volumeWriter.set(volume, ['status', 'phase'], phase);
  }
}

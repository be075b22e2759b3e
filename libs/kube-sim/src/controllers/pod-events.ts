import { listAt, textAt, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf, timestamp, uidOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';
import { phaseOf } from './pod-objects.ts';
import { resourceOf } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const events = '/events';
/** As long as the real server keeps them. */
const lifeMs = 60 * 60 * 1000;

interface Told {
  readonly reason: string;
  readonly message: string;
}

/** What scheduler and kubelet say of a Pod that runs now. */
const toldOf = (pod: JsonObject): readonly Told[] => [
  {
    reason: 'Scheduled',
    message: `Successfully assigned ${namespaceOf(pod) ?? ''}/${nameOf(pod)} to kube-sim`,
  },
  ...listAt(pod, 'spec', 'containers').map((container) => ({
    reason: 'Started',
    message: `Started container ${textAt(container, 'name') ?? ''}`,
  })),
];

/** Tells of Pods that begin to run, in Events, which are forgotten after an hour. */
export class PodEvents implements Controller {
  readonly #cluster: Cluster;
  readonly #told: WorkQueue;
  readonly #expiring: WorkQueue;
  readonly #writer: ControllerWriter;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#told = new WorkQueue(cluster, (key) => this.#tell(key));
    this.#expiring = new WorkQueue(cluster, (key) => this.#expire(key));
    this.#writer = new ControllerWriter(cluster, resourceOf(cluster, events), 'kubelet');
  }

  start(): void {
    for (const event of this.#cluster.store.list(events)) this.#expiring.add(keyOf(event), lifeMs);
  }

  onWrite({ storage, type, object, previous }: StoreEvent): void {
    if (storage === events && type === 'ADDED') this.#expiring.add(keyOf(object), lifeMs);
    if (storage !== '/pods' || type !== 'MODIFIED' || previous === undefined) return;
    if (phaseOf(previous) === 'Pending' && phaseOf(object) !== 'Pending') this.#told.add(keyOf(object));
  }

  stop(): void {
    this.#told.stop();
    this.#expiring.stop();
  }

  #tell(key: string): void {
    const pod = this.#cluster.store.get('/pods', key);
    if (pod === undefined) return;
    const time = timestamp(this.#cluster.environment.now());
    const namespace = namespaceOf(pod) ?? '';
    for (const [index, { reason, message }] of toldOf(pod).entries()) {
      // Named by the Pod's uid: a turn that is begun anew tells nothing twice.
      const name = `${nameOf(pod)}.${uidOf(pod).slice(0, 8)}${index}`;
      if (this.#cluster.store.get(events, `${namespace}/${name}`) !== undefined) continue;
      this.#writer.create({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'Pod',
          name: nameOf(pod),
          namespace,
          uid: uidOf(pod),
          resourceVersion: textAt(pod, 'metadata', 'resourceVersion') ?? '',
        },
        reason,
        message,
        type: 'Normal',
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: reason === 'Scheduled' ? 'default-scheduler' : 'kubelet' },
      });
    }
  }

  #expire(key: string): void {
    const event = this.#cluster.store.get(events, key);
    if (event !== undefined) this.#writer.delete(event);
  }
}

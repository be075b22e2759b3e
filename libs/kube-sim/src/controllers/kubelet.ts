import { listAt, textAt, type JsonObject } from '../json/value.ts';
import { isTerminating, timestamp } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';
import {
  annotationOf,
  finishedStatus,
  phaseOf,
  readyAnnotation,
  runningStatus,
  succeedAnnotation,
} from './pod-objects.ts';
import { resourceOf } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const pods = '/pods';

/** Another scheduler would have to place it, and there is none. */
const hasScheduler = (pod: JsonObject): boolean =>
  textAt(pod, 'spec', 'schedulerName') === 'default-scheduler';

const isOfJob = (pod: JsonObject): boolean =>
  listAt(pod, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'kind') === 'Job');

/** Scheduler and kubelet in one: a while after they were made, Pods run and are ready, and those of Jobs have ended. */
export class Kubelet implements Controller {
  readonly #cluster: Cluster;
  readonly #afterMs: number;
  readonly #queue: WorkQueue;
  readonly #writer: ControllerWriter;

  constructor(cluster: Cluster, afterMs: number) {
    this.#cluster = cluster;
    this.#afterMs = afterMs;
    this.#queue = new WorkQueue(cluster, (key) => this.#run(key));
    this.#writer = new ControllerWriter(cluster, resourceOf(cluster, pods));
  }

  start(): void {
    for (const pod of this.#cluster.store.list(pods)) this.#expect(pod);
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === pods && type === 'ADDED') this.#expect(object);
  }

  stop(): void {
    this.#queue.stop();
  }

  #expect(pod: JsonObject): void {
    if (phaseOf(pod) !== 'Pending' || !hasScheduler(pod)) return;
    if (annotationOf(pod, readyAnnotation) !== 'false') this.#queue.add(keyOf(pod), this.#afterMs);
  }

  #run(key: string): void {
    const pod = this.#cluster.store.get(pods, key);
    if (pod === undefined || isTerminating(pod) || phaseOf(pod) !== 'Pending') return;
    const time = timestamp(this.#cluster.environment.now());
    const status = isOfJob(pod)
      ? finishedStatus(pod, annotationOf(pod, succeedAnnotation) !== 'false', time)
      : runningStatus(pod, time);
    this.#writer.set(pod, ['status'], status);
  }
}

import { numberAt, type JsonObject } from '../json/value.ts';
import { isTerminating } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { isOwnedBy, isReady, podOf } from './pod-objects.ts';
import { resourceOf } from './workload.ts';
import { ControllerWriter } from './writer.ts';

/** The Pods of workloads, as their controllers make and remove them. */
export class Pods {
  readonly #cluster: Cluster;
  readonly #writer: ControllerWriter;
  readonly #replicaSets: ControllerWriter;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#writer = new ControllerWriter(cluster, resourceOf(cluster, '/pods'));
    this.#replicaSets = new ControllerWriter(cluster, resourceOf(cluster, 'apps/replicasets'));
  }

  of(owner: JsonObject): readonly JsonObject[] {
    return this.#cluster.store.list('/pods').filter((pod) => isOwnedBy(pod, owner));
  }

  create(pod: JsonObject): void {
    this.#writer.create(pod);
  }

  delete(pod: JsonObject): void {
    this.#writer.delete(pod);
  }

  /** Makes a ReplicaSet have so many Pods, and say so. */
  scale(replicaSet: JsonObject, replicas: number): void {
    const scaled = this.#replicaSets.set(replicaSet, ['spec', 'replicas'], replicas);
    const running = this.of(scaled).filter((pod) => !isTerminating(pod));
    for (const pod of running.slice(replicas)) this.delete(pod);
    for (let missing = replicas - running.length; missing > 0; missing -= 1) this.create(podOf(scaled));
    const now = this.of(scaled);
    const ready = now.filter(isReady).length;
    this.#replicaSets.set(scaled, ['status'], {
      replicas: now.length,
      ...(now.length > 0 && { fullyLabeledReplicas: now.length }),
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
      observedGeneration: numberAt(scaled, 'metadata', 'generation') ?? 1,
    });
  }
}

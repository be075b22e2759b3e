import { at, listAt, numberAt, textAt, type JsonObject } from '../json/value.ts';
import { isTerminating, nameOf, namespaceOf, timestamp, uidOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';
import {
  deploymentStatus,
  isOwnedBy,
  isReady,
  podOf,
  replicaSetOf,
  replicasOf,
  runningStatus,
  templateHash,
  willBeReady,
} from './deployment-objects.ts';
import { ControllerWriter } from './writer.ts';

const deployments = 'apps/deployments';
const replicaSets = 'apps/replicasets';
const pods = '/pods';

/**
 * Deployment and ReplicaSet controllers, scheduler and kubelet in one: a Deployment gets a ReplicaSet and Pods at
 * once, and its Pods are ready after a while. A rollout replaces all Pods in one step.
 */
export class DeploymentController implements Controller {
  readonly #cluster: Cluster;
  readonly #readyAfterMs: number;
  readonly #queue: WorkQueue;
  readonly #kubelet: WorkQueue;
  readonly #writers: {
    readonly deployment: ControllerWriter;
    readonly replicaSet: ControllerWriter;
    readonly pod: ControllerWriter;
  };

  constructor(cluster: Cluster, readyAfterMs: number) {
    this.#cluster = cluster;
    this.#readyAfterMs = readyAfterMs;
    this.#queue = new WorkQueue(cluster, (key) => this.#reconcile(key));
    this.#kubelet = new WorkQueue(cluster, (key) => this.#run(key));
    this.#writers = {
      deployment: new ControllerWriter(cluster, this.#resource(deployments)),
      replicaSet: new ControllerWriter(cluster, this.#resource(replicaSets)),
      pod: new ControllerWriter(cluster, this.#resource(pods)),
    };
  }

  start(): void {
    const { store } = this.#cluster;
    for (const deployment of store.list(deployments)) this.#queue.add(keyOf(deployment));
    for (const pod of store.list(pods)) this.#expect(pod);
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === deployments && type !== 'DELETED') this.#queue.add(keyOf(object));
    if (storage === pods && type === 'ADDED') this.#expect(object);
    if (storage === pods || storage === replicaSets) this.#wakeOwner(object);
  }

  stop(): void {
    this.#queue.stop();
    this.#kubelet.stop();
  }

  #resource(storage: string): ServedResource {
    const resource = this.#cluster.registry.ofStorage(storage);
    if (resource === undefined) throw new Error(`the table of Kubernetes resources lacks ${storage}`);
    return resource;
  }

  /** A Pod's owner is a ReplicaSet, whose owner is a Deployment. */
  #wakeOwner(object: JsonObject): void {
    const namespace = namespaceOf(object) ?? '';
    for (const reference of listAt(object, 'metadata', 'ownerReferences')) {
      const name = textAt(reference, 'name') ?? '';
      if (textAt(reference, 'kind') === 'Deployment') this.#queue.add(`${namespace}/${name}`);
      const replicaSet =
        textAt(reference, 'kind') === 'ReplicaSet'
          ? this.#cluster.store.get(replicaSets, `${namespace}/${name}`)
          : undefined;
      if (replicaSet !== undefined) this.#wakeOwner(replicaSet);
    }
  }

  #expect(pod: JsonObject): void {
    if (!isReady(pod) && willBeReady(pod)) this.#kubelet.add(keyOf(pod), this.#readyAfterMs);
  }

  #run(key: string): void {
    const pod = this.#cluster.store.get(pods, key);
    if (pod === undefined || isTerminating(pod)) return;
    const time = timestamp(this.#cluster.environment.now());
    this.#writers.pod.set(pod, ['status'], runningStatus(pod, true, time));
  }

  #reconcile(key: string): void {
    const { store } = this.#cluster;
    const deployment = store.get(deployments, key);
    if (deployment === undefined || isTerminating(deployment)) return;
    const hash = templateHash(at(deployment, 'spec', 'template') ?? null);
    const name = `${nameOf(deployment)}-${hash}`;
    const namespace = namespaceOf(deployment) ?? '';
    const existing = store.get(replicaSets, `${namespace}/${name}`);
    const isPaused = at(deployment, 'spec', 'paused') === true;
    const current =
      existing === undefined && !isPaused
        ? this.#writers.replicaSet.create(replicaSetOf(deployment, hash))
        : existing;
    const owned = store.list(replicaSets).filter((one) => isOwnedBy(one, deployment));
    const older = isPaused ? [] : owned.filter((one) => nameOf(one) !== name);
    if (current !== undefined) this.#scale(current, replicasOf(deployment));
    for (const replicaSet of older) this.#scale(replicaSet, 0);
    this.#forgetHistory(deployment, older);
    const newPods = current === undefined ? [] : this.#podsOf(current);
    const time = timestamp(this.#cluster.environment.now());
    const status = deploymentStatus(deployment, name, newPods, [], time);
    this.#writers.deployment.set(deployment, ['status'], status);
  }

  #podsOf(replicaSet: JsonObject): readonly JsonObject[] {
    return this.#cluster.store.list(pods).filter((pod) => isOwnedBy(pod, replicaSet));
  }

  #scale(replicaSet: JsonObject, replicas: number): void {
    const scaled = this.#writers.replicaSet.set(replicaSet, ['spec', 'replicas'], replicas);
    const running = this.#podsOf(scaled).filter((pod) => !isTerminating(pod));
    for (const pod of running.slice(replicas)) this.#writers.pod.delete(pod);
    for (let missing = replicas - running.length; missing > 0; missing -= 1)
      this.#writers.pod.create(podOf(scaled));
    const now = this.#podsOf(scaled);
    const ready = now.filter(isReady).length;
    this.#writers.replicaSet.set(scaled, ['status'], {
      replicas: now.length,
      ...(now.length > 0 && { fullyLabeledReplicas: now.length }),
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
      observedGeneration: numberAt(scaled, 'metadata', 'generation') ?? 1,
    });
  }

  #forgetHistory(deployment: JsonObject, older: readonly JsonObject[]): void {
    const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10;
    const byAge = [...older].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
    for (const replicaSet of byAge.slice(0, Math.max(0, byAge.length - limit)))
      this.#writers.replicaSet.delete(replicaSet);
  }
}

const createdAt = (object: JsonObject): string =>
  `${textAt(object, 'metadata', 'creationTimestamp') ?? ''}${uidOf(object)}`;

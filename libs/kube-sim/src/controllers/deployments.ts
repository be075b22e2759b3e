import { at, listAt, numberAt, textAt, type JsonObject } from '../json/value.ts';
import { isTerminating, nameOf, namespaceOf, timestamp, uidOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';
import { deploymentStatus, replicaSetOf, replicasOf, templateHash } from './deployment-objects.ts';
import { isOwnedBy } from './pod-objects.ts';
import { Pods } from './pods.ts';
import { resourceOf } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const deployments = 'apps/deployments';
const replicaSets = 'apps/replicasets';
const pods = '/pods';

/**
 * Deployment and ReplicaSet controllers in one: a Deployment gets a ReplicaSet and Pods at once. A rollout replaces
 * all Pods in one step.
 */
export class DeploymentController implements Controller {
  readonly #cluster: Cluster;
  readonly #queue: WorkQueue;
  readonly #pods: Pods;
  readonly #writers: { readonly deployment: ControllerWriter; readonly replicaSet: ControllerWriter };

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster, (key) => this.#reconcile(key));
    this.#pods = new Pods(cluster);
    this.#writers = {
      deployment: new ControllerWriter(cluster, resourceOf(cluster, deployments)),
      replicaSet: new ControllerWriter(cluster, resourceOf(cluster, replicaSets)),
    };
  }

  start(): void {
    for (const deployment of this.#cluster.store.list(deployments)) this.#queue.add(keyOf(deployment));
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === deployments && type !== 'DELETED') this.#queue.add(keyOf(object));
    if (storage === pods || storage === replicaSets) this.#wakeOwner(object);
  }

  stop(): void {
    this.#queue.stop();
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
    if (current !== undefined) this.#pods.scale(current, replicasOf(deployment));
    for (const replicaSet of older) this.#pods.scale(replicaSet, 0);
    this.#forgetHistory(deployment, older);
    const newPods = current === undefined ? [] : this.#pods.of(current);
    const time = timestamp(this.#cluster.environment.now());
    const status = deploymentStatus(deployment, name, newPods, [], time);
    this.#writers.deployment.set(deployment, ['status'], status);
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

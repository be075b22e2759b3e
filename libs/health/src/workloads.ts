import type { Health, LiveObject } from './model.ts';
import { conditionOf, fieldsOf, numberOf, textOf } from './read.ts';
import { degraded, healthy, progressing, suspended } from './verdicts.ts';

/** Argo CD's gitops-engine and kstatus agree on these but for pause (Argo's Suspended wins) and zero status. */
export function deploymentHealth(object: LiveObject): Health {
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  if (spec.paused === true) return suspended('the Deployment is paused');
  const waiting = notObserved(object) ?? statusMissing(status);
  if (waiting) return waiting;
  const progress = conditionOf(status, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded')
    return degraded(progress.message || 'the Deployment exceeded its progress deadline');
  const failure = conditionOf(status, 'ReplicaFailure');
  const wanted = numberOf(spec.replicas, 1);
  const replicas = numberOf(status.replicas);
  const updated = numberOf(status.updatedReplicas);
  const available = numberOf(status.availableReplicas);
  const note = failure?.status === 'True' && failure.message ? `: ${failure.message}` : '';
  if (updated < wanted) return progressing(`${updated} of ${wanted} new replicas were made${note}`);
  if (replicas > updated) return progressing(`${replicas - updated} old replicas wait for termination`);
  if (available < updated)
    return progressing(`${available} of ${updated} updated replicas are available${note}`);
  if (
    hasDeadline(spec) &&
    progress &&
    progress.reason !== 'NewReplicaSetAvailable' &&
    progress.status !== 'True'
  ) {
    return progressing(progress.message || 'the new ReplicaSet is not available');
  }
  if (rolloutUnfinished(spec, status)) return progressing('the new ReplicaSet is not available yet');
  const availability = conditionOf(status, 'Available');
  if (availability && availability.status !== 'True' && wanted > 0)
    return progressing(availability.message || 'the Deployment is not available');
  return healthy(`${available} of ${wanted} replicas are available`);
}

function hasDeadline(spec: LiveObject): boolean {
  return typeof spec.progressDeadlineSeconds === 'number';
}

/** kstatus: with a deadline set, a rollout is done only when the Progressing condition says NewReplicaSetAvailable. */
function rolloutUnfinished(spec: LiveObject, status: LiveObject): boolean {
  if (!hasDeadline(spec) || spec.progressDeadlineSeconds === 2147483647) return false;
  const progress = conditionOf(status, 'Progressing');
  return progress !== undefined && progress.reason !== 'NewReplicaSetAvailable';
}

export function replicaSetHealth(object: LiveObject): Health {
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  const waiting = notObserved(object);
  if (waiting) return waiting;
  const failure = conditionOf(status, 'ReplicaFailure');
  if (failure?.status === 'True') return degraded(failure.message || 'the ReplicaSet cannot make its Pods');
  const wanted = numberOf(spec.replicas, 1);
  const labelled = numberOf(status.fullyLabeledReplicas);
  const available = numberOf(status.availableReplicas);
  const ready = numberOf(status.readyReplicas);
  const replicas = numberOf(status.replicas);
  if (status.fullyLabeledReplicas !== undefined && labelled < wanted)
    return progressing(`${labelled} of ${wanted} replicas are labelled`);
  if (available < wanted) return progressing(`${available} of ${wanted} replicas are available`);
  if (status.readyReplicas !== undefined && ready < wanted)
    return progressing(`${ready} of ${wanted} replicas are ready`);
  if (replicas > wanted) return progressing(`${replicas - wanted} replicas wait for termination`);
  return healthy(`${available} of ${wanted} replicas are available`);
}

export function statefulSetHealth(object: LiveObject): Health {
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  const waiting = notObserved(object) ?? statusMissing(status);
  if (waiting) return waiting;
  const wanted = numberOf(spec.replicas, 1);
  const replicas = numberOf(status.replicas);
  const ready = numberOf(status.readyReplicas);
  const current = numberOf(status.currentReplicas);
  const updated = numberOf(status.updatedReplicas);
  const strategy = fieldsOf(spec.updateStrategy);
  if (strategy.type === 'OnDelete' && ready >= wanted)
    return healthy(`${ready} of ${wanted} replicas are ready (updated on delete)`);
  if (replicas < wanted) return progressing(`${replicas} of ${wanted} replicas exist`);
  if (ready < wanted) return progressing(`${ready} of ${wanted} replicas are ready`);
  if (replicas > wanted) return progressing(`${replicas - wanted} replicas wait for termination`);
  const partition = numberOf(fieldsOf(strategy.rollingUpdate).partition);
  if (partition > 0) {
    if (updated < wanted - partition)
      return progressing(`${updated} of ${wanted - partition} replicas of the partition are updated`);
    return healthy('the partitioned roll-out is complete');
  }
  if (current < wanted && updated < wanted)
    return progressing(`${current} of ${wanted} replicas are current`);
  if (textOf(status.currentRevision) !== textOf(status.updateRevision))
    return progressing(`${updated} of ${wanted} replicas are updated`);
  return healthy(`${ready} of ${wanted} replicas are ready`);
}

export function daemonSetHealth(object: LiveObject): Health {
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  const waiting = notObserved(object) ?? statusMissing(status);
  if (waiting) return waiting;
  if (status.desiredNumberScheduled === undefined) return progressing('the DaemonSet is not scheduled yet');
  const wanted = numberOf(status.desiredNumberScheduled);
  const onDelete = fieldsOf(spec.updateStrategy).type === 'OnDelete';
  const scheduled = numberOf(status.currentNumberScheduled, wanted);
  const updated = numberOf(status.updatedNumberScheduled);
  const available = numberOf(status.numberAvailable);
  const ready = numberOf(status.numberReady);
  if (onDelete && available >= wanted)
    return healthy(`${available} of ${wanted} Pods are available (updated on delete)`);
  if (scheduled < wanted) return progressing(`${scheduled} of ${wanted} Pods are scheduled`);
  if (!onDelete && updated < wanted) return progressing(`${updated} of ${wanted} Pods are updated`);
  if (available < wanted) return progressing(`${available} of ${wanted} Pods are available`);
  if (ready < wanted) return progressing(`${ready} of ${wanted} Pods are ready`);
  return healthy(`${available} of ${wanted} Pods are available`);
}

/** A controller that has not seen the newest spec says nothing about it. */
export function notObserved(object: LiveObject): Health | undefined {
  const generation = fieldsOf(object.metadata).generation;
  const observed = fieldsOf(object.status).observedGeneration;
  if (typeof generation !== 'number' || typeof observed !== 'number' || observed >= generation)
    return undefined;
  return progressing('the controller has not seen the newest spec yet');
}

function statusMissing(status: LiveObject): Health | undefined {
  return Object.keys(status).length === 0
    ? progressing('the controller has reported nothing yet')
    : undefined;
}

import { at, numberAt, type JsonObject } from '../json/value.ts';
import { timestamp } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { endedAt, jobPodsOf, jobStatus, type JobPhase, type JobPods } from './job-status.ts';
import { podOf } from './pod-objects.ts';
import { Pods } from './pods.ts';
import { resourceOf, WorkloadController } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const phaseFor = (job: JsonObject, { active, succeeded, failed }: JobPods): JobPhase => {
  const completions = numberAt(job, 'spec', 'completions');
  // Without a number of completions, the first success ends the Job when nothing runs any more.
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  if (isDone) return 'complete';
  if (failed > (numberAt(job, 'spec', 'backoffLimit') ?? 6)) return 'failed';
  return at(job, 'spec', 'suspend') === true ? 'suspended' : 'running';
};

/** How many Pods are still to be made. */
const missingPods = (job: JsonObject, { active, succeeded }: JobPods): number => {
  const parallelism = numberAt(job, 'spec', 'parallelism') ?? 1;
  const completions = numberAt(job, 'spec', 'completions');
  const wanted =
    completions !== undefined
      ? Math.min(parallelism, completions - succeeded)
      : succeeded > 0
        ? 0
        : parallelism;
  return Math.max(0, wanted - active.length);
};

/**
 * A Job has its Pods until enough of them have succeeded or too many have failed, and goes itself when its TTL is
 * over. A Pod that failed is followed by another at once: nothing waits longer from time to time.
 */
export const jobController = (cluster: Cluster): WorkloadController => {
  const pods = new Pods(cluster);
  const writer = new ControllerWriter(cluster, resourceOf(cluster, 'batch/jobs'));

  const expire = (job: JsonObject, ended: number): number | undefined => {
    const ttl = numberAt(job, 'spec', 'ttlSecondsAfterFinished');
    if (ttl === undefined) return undefined;
    const left = ended + ttl * 1000 - cluster.environment.now();
    if (left > 0) return left;
    writer.delete(job);
    return undefined;
  };

  return new WorkloadController(cluster, {
    storage: 'batch/jobs',
    owns: ['/pods'],
    reconcile: (job) => {
      const ended = endedAt(job);
      if (ended !== undefined) return expire(job, ended);
      const found = jobPodsOf(pods.of(job));
      const phase = phaseFor(job, found);
      if (phase === 'running') {
        for (let left = missingPods(job, found); left > 0; left -= 1) pods.create(podOf(job));
      } else {
        for (const pod of found.active) pods.delete(pod);
      }
      const { succeeded, failed } = found;
      const { active } = jobPodsOf(pods.of(job));
      const time = timestamp(cluster.environment.now());
      writer.set(job, ['status'], jobStatus(job, phase, { active, succeeded, failed }, time));
      return undefined;
    },
  });
};

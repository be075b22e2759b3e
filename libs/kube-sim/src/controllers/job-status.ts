import { isObject, listAt, textAt, type JsonObject } from '../json/value.ts';
import { isReady, phaseOf } from './pod-objects.ts';

/** What became of a Job's Pods. */
export interface JobPods {
  readonly active: readonly JsonObject[];
  readonly succeeded: number;
  readonly failed: number;
}

export const jobPodsOf = (pods: readonly JsonObject[]): JobPods => ({
  active: pods.filter((pod) => !['Succeeded', 'Failed'].includes(phaseOf(pod))),
  succeeded: pods.filter((pod) => phaseOf(pod) === 'Succeeded').length,
  failed: pods.filter((pod) => phaseOf(pod) === 'Failed').length,
});

/** Where a Job is: at its end, as its last conditions will say it, or on its way. */
export type JobPhase = 'complete' | 'failed' | 'suspended' | 'running';

const endOf = {
  complete: {
    types: ['SuccessCriteriaMet', 'Complete'],
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  },
  failed: {
    types: ['FailureTarget', 'Failed'],
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  },
} as const;

const conditionsOf = (job: JsonObject, phase: JobPhase, time: string): readonly JsonObject[] => {
  const since = { lastProbeTime: time, lastTransitionTime: time };
  const before = listAt(job, 'status', 'conditions').filter(isObject);
  const suspension = before.find((one) => textAt(one, 'type') === 'Suspended');
  if (phase === 'suspended') {
    const told = { reason: 'JobSuspended', message: 'Job suspended' };
    return textAt(suspension, 'status') === 'True'
      ? before
      : [{ type: 'Suspended', status: 'True', ...since, ...told }];
  }
  const resumed = { reason: 'JobResumed', message: 'Job resumed' };
  const first: readonly JsonObject[] =
    suspension === undefined
      ? []
      : textAt(suspension, 'status') === 'False'
        ? [suspension]
        : [{ type: 'Suspended', status: 'False', ...since, ...resumed }];
  if (phase === 'running') return first;
  const { types, reason, message } = endOf[phase];
  return [...first, ...types.map((type) => ({ type, status: 'True', ...since, reason, message }))];
};

/** What a Job says of Pods that are `active` once its controller has done its part. */
export const jobStatus = (
  job: JsonObject,
  phase: JobPhase,
  { active, succeeded, failed }: JobPods,
  time: string,
): JsonObject => {
  const conditions = conditionsOf(job, phase, time);
  const started = textAt(job, 'status', 'startTime') ?? time;
  return {
    ...(conditions.length > 0 && { conditions }),
    ...(phase !== 'suspended' && { startTime: started }),
    ...(phase === 'complete' && { completionTime: time }),
    ...(active.length > 0 && { active: active.length }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
};

/** When a Job came to its end, in milliseconds since 1970; `undefined` as long as it hasn't. */
export const endedAt = (job: JsonObject): number | undefined => {
  const end = listAt(job, 'status', 'conditions').find(
    (one) => ['Complete', 'Failed'].includes(textAt(one, 'type') ?? '') && textAt(one, 'status') === 'True',
  );
  return end === undefined ? undefined : Date.parse(textAt(end, 'lastTransitionTime') ?? '');
};

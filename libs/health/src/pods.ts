import type { Health, LiveObject } from './model.ts';
import { conditionOf, fieldsOf, listOf, numberOf, textOf } from './read.ts';
import type { Fields } from './read.ts';
import { degraded, healthy, progressing, suspended, unknown } from './verdicts.ts';

const hookAnnotations = ['argocd.argoproj.io/hook', 'muster.dev/hook', 'helm.sh/hook'];

/** Waiting for one of these needs a person: it doesn't mend by itself. */
function isFailure(reason: string): boolean {
  return reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff');
}

export function podHealth(object: LiveObject): Health {
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  const restart = ignoresRestartPolicy(object) ? 'Always' : textOf(spec.restartPolicy);
  const containers = [...listOf(status.initContainerStatuses), ...listOf(status.containerStatuses)];
  if (restart === 'Always' || restart === '') {
    const failing = containers
      .map((container) => waitingOn(container))
      .find((waiting) => waiting !== undefined && isFailure(waiting.reason));
    if (failing) return degraded(failing.text);
  }
  switch (textOf(status.phase)) {
    case 'Pending':
      return pendingHealth(status, containers);
    case 'Succeeded':
      return healthy(textOf(status.message));
    case 'Failed':
      return degraded(failureMessage(status, containers));
    case 'Running':
      return runningHealth(object, restart, status, containers);
    case '':
      return progressing('the Pod has no status yet');
    default:
      return unknown(textOf(status.message));
  }
}

function runningHealth(
  object: LiveObject,
  restart: string,
  status: Fields,
  containers: readonly Fields[],
): Health {
  if (restart === 'Never' || restart === 'OnFailure') {
    // A task: running is not its end. A hook's Pod as much.
    const annotations = fieldsOf(fieldsOf(object.metadata).annotations);
    const isHook = hookAnnotations.some((name) => name in annotations);
    return progressing(isHook ? 'the hook is running' : 'the Pod is running to its end');
  }
  if (conditionOf(status, 'Ready')?.status === 'True') return healthy('the Pod is ready');
  const died = containers.find(
    (container) => Object.keys(fieldsOf(fieldsOf(container.lastState).terminated)).length > 0,
  );
  if (died)
    return degraded(
      `container ${textOf(died.name)} restarts: ${terminated(fieldsOf(fieldsOf(died.lastState).terminated))}`,
    );
  return progressing(
    textOf(status.message) || conditionOf(status, 'Ready')?.message || 'the Pod is not ready',
  );
}

function waitingOn(container: Fields): { readonly reason: string; readonly text: string } | undefined {
  const waiting = fieldsOf(fieldsOf(container.state).waiting);
  const reason = textOf(waiting.reason);
  if (!reason) return undefined;
  const message = textOf(waiting.message);
  return { reason, text: `container ${textOf(container.name)}: ${reason}${message ? `: ${message}` : ''}` };
}

/** kstatus: no node would take it. That may mend when a node comes, but a person should hear of it. */
function pendingHealth(status: Fields, containers: readonly Fields[]): Health {
  const scheduled = conditionOf(status, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const message = `not scheduled: ${scheduled.message || scheduled.reason}`;
    return scheduled.reason === 'Unschedulable' ? degraded(message) : progressing(message);
  }
  return progressing(
    containers.map((container) => waitingOn(container)?.text).find((text) => text) ?? 'the Pod is starting',
  );
}

/** Argo CD's annotation for Pods that stand on their own, whatever their restart policy says; not for hooks. */
function ignoresRestartPolicy(object: LiveObject): boolean {
  const annotations = fieldsOf(fieldsOf(object.metadata).annotations);
  return (
    annotations['argocd.argoproj.io/ignore-restart-policy'] === 'true' &&
    !hookAnnotations.some((name) => name in annotations)
  );
}

function failureMessage(status: Fields, containers: readonly Fields[]): string {
  const message = textOf(status.message);
  if (message) return message;
  const ends = containers
    .map((container) => ({ container, end: fieldsOf(fieldsOf(container.state).terminated) }))
    .filter(
      ({ end }) =>
        Object.keys(end).length > 0 && (numberOf(end.exitCode) !== 0 || textOf(end.reason) === 'OOMKilled'),
    );
  const first = ends[0];
  return first
    ? `container ${textOf(first.container.name)}: ${terminated(first.end)}`
    : textOf(status.reason) || 'the Pod failed';
}

/** How a container that ran ends. What it is then told with are its own words: the end of its log, which may hold anything. */
const ownEnds: ReadonlySet<string> = new Set(['', 'Error', 'Completed', 'OOMKilled']);

function terminated(end: Fields): string {
  const reason = textOf(end.reason);
  const message = ownEnds.has(reason) ? '' : textOf(end.message);
  return message || `${reason || 'ended'} with exit code ${numberOf(end.exitCode)}`;
}

export function jobHealth(object: LiveObject): Health {
  const status = fieldsOf(object.status);
  const failed = conditionOf(status, 'Failed');
  if (failed?.status === 'True') return degraded(failed.message || 'the Job failed');
  const complete = conditionOf(status, 'Complete');
  if (complete?.status === 'True') return healthy(complete.message || 'the Job is complete');
  const isSuspended = conditionOf(status, 'Suspended');
  if (isSuspended?.status === 'True') return suspended(isSuspended.message || 'the Job is suspended');
  if (!status.startTime) return progressing('the Job has not started yet');
  return progressing(
    `the Job runs: ${numberOf(status.succeeded)} succeeded, ${numberOf(status.active)} active, ${numberOf(status.failed)} failed`,
  );
}

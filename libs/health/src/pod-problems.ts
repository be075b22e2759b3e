import { plainLine } from './message.ts';
import type { LiveObject } from './model.ts';
import { conditionOf, fieldsOf, listOf, numberOf, textOf } from './read.ts';
import type { Fields } from './read.ts';

/** Why a Pod doesn't do its work, as far as its status tells. */
export interface PodProblem {
  readonly kind: 'unschedulable' | 'image' | 'crash' | 'config' | 'failed' | 'not-ready';
  /** Part of a sentence, about the Pod: `container web cannot pull the image …`. */
  readonly text: string;
  /** Whose log's end says more. */
  readonly log?: {
    readonly container: string;
    /** Of the instance before: the container runs again. */
    readonly previous: boolean;
  };
}

const maxDetail = 240;

const imageReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** The worst first: what needs a person, then what may mend by itself. */
const worstFirst: readonly PodProblem['kind'][] = [
  'image',
  'config',
  'crash',
  'failed',
  'unschedulable',
  'not-ready',
];

/**
 * What is wrong with a Pod: the first that keeps it from its work, init containers before the others. Total and pure.
 * Nothing for one that is well, done, being deleted, or only about to start.
 */
export function podProblem(pod: LiveObject): PodProblem | undefined {
  if (fieldsOf(pod.metadata).deletionTimestamp) return undefined;
  const status = fieldsOf(pod.status);
  const phase = textOf(status.phase);
  if (phase === 'Succeeded') return undefined;
  const waits = notScheduled(status);
  if (waits) return waits;
  const init = listOf(status.initContainerStatuses).map((it) => containerProblem(it, 'init container'));
  const main = listOf(status.containerStatuses).map((it) => containerProblem(it, 'container'));
  const found = [...init, ...main].filter((it) => it !== undefined);
  const first = found.find((it) => it.kind !== 'not-ready') ?? found[0];
  if (phase !== 'Failed') return first;
  // An eviction, say, is told by the Pod and not by its containers.
  const said = detail(textOf(status.message) || textOf(status.reason));
  if (first && first.kind !== 'not-ready') return first;
  return { kind: 'failed', text: said ? `it failed: ${said}` : 'it failed' };
}

/** Which of two problems is to be told, where only one is; negative when `a` is. */
export function comparePodProblems(a: PodProblem, b: PodProblem): number {
  return worstFirst.indexOf(a.kind) - worstFirst.indexOf(b.kind);
}

function notScheduled(status: Fields): PodProblem | undefined {
  const scheduled = conditionOf(status, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  const why = detail(scheduled.message || scheduled.reason) || 'no node takes it';
  return { kind: 'unschedulable', text: `it cannot be scheduled: ${why}` };
}

function containerProblem(container: Fields, noun: string): PodProblem | undefined {
  const name = textOf(container.name);
  const who = `${noun} ${name}`;
  const state = fieldsOf(container.state);
  const last = endOf(fieldsOf(container.lastState));
  const waiting = fieldsOf(state.waiting);
  const reason = textOf(waiting.reason);
  if (reason) {
    const said = detail(textOf(waiting.message));
    if (imageReasons.has(reason)) {
      const image = detail(textOf(container.image));
      return { kind: 'image', text: `${who} cannot pull the image ${image}: ${withReason(reason, said)}` };
    }
    if (reason === 'CrashLoopBackOff') return crash(who, name, last, false);
    if (reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff'))
      return { kind: 'config', text: `${who} cannot start: ${withReason(reason, said)}` };
    return undefined;
  }
  const end = endOf(state);
  // Between two runs it may be seen in any of three states, and is told as the same in all of them.
  const restartsOften = numberOf(container.restartCount) > 1;
  if (end?.isFailure && restartsOften) return crash(who, name, end, false);
  if (end?.isFailure)
    return {
      kind: 'failed',
      text: `${who} failed with ${end.text}`,
      log: { container: name, previous: false },
    };
  if (end || Object.keys(fieldsOf(state.running)).length === 0 || container.ready === true) return undefined;
  if (last?.isFailure) return crash(who, name, last, true, restartsOften);
  return noun === 'container' ? { kind: 'not-ready', text: `${who} runs, but is not ready` } : undefined;
}

/** A container that restarts again and again; between two runs its log is that of the run before. */
function crash(
  who: string,
  name: string,
  last: End | undefined,
  runsAgain: boolean,
  isUsual = true,
): PodProblem {
  const how = last ? ` with ${last.text}` : '';
  return {
    kind: 'crash',
    text: `${who} ${isUsual ? 'ends again and again' : 'ended'}${how}`,
    log: { container: name, previous: runsAgain },
  };
}

interface End {
  readonly text: string;
  readonly isFailure: boolean;
}

function endOf(state: Fields): End | undefined {
  const end = fieldsOf(state.terminated);
  if (Object.keys(end).length === 0) return undefined;
  const code = numberOf(end.exitCode);
  const signal = numberOf(end.signal);
  const reason = textOf(end.reason);
  const why = reason && reason !== 'Error' && reason !== 'Completed' ? ` (${detail(reason)})` : '';
  const text = signal && !code ? `signal ${signal}${why}` : `exit code ${code}${why}`;
  return { text, isFailure: code !== 0 || signal !== 0 || reason === 'OOMKilled' };
}

function withReason(reason: string, said: string): string {
  return said && said !== reason ? `${reason}: ${said}` : reason;
}

function detail(text: string): string {
  return plainLine(text, maxDetail);
}

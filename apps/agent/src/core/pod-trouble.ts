import { comparePodProblems, plainLine, podProblem } from '@muster/health';
import type { PodProblem } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { fieldsOf, selectorText } from '../inspect/read.ts';
import { redactorFor } from '../inspect/redactor.ts';
import { pods, workloads } from '../resources.ts';

/** A live object that runs Pods, or is one. */
export interface Workload {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What is looked at of one workload: more Pods tell no more. */
const maxPods = 100;
const tailLines = 20;
const tailBytes = 16 * 1024;
const maxLine = 200;
const maxTail = 400;

export function runsPods({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  return workloads.has(`${group}/${kind}`);
}

/**
 * One sentence that names the Pod of an unhealthy workload that fails, and says why; `undefined` when none is seen to
 * fail. Two to four requests. Rejects as the client does.
 */
export async function podTrouble(
  kube: KubeClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<string | undefined> {
  const seen = await podsOf(kube, workload, signal);
  const failing = seen
    .map((pod) => ({ pod, problem: podProblem(pod) }))
    .filter((it): it is Failing => it.problem !== undefined)
    .sort(byWeight);
  const [first] = failing;
  if (!first) return undefined;
  const others = failing.filter(({ problem }) => problem.kind === first.problem.kind).length;
  const { name } = first.pod.metadata;
  const who =
    workload.kind === 'Pod'
      ? ''
      : others > 1
        ? `${others} of ${seen.length} Pods fail, such as ${name}: `
        : `Pod ${name}: `;
  const tail = await tailOf(kube, first, 1, signal);
  return `${who}${first.problem.text}${tail ? `; its log ends with "${tail}"` : ''}`;
}

/**
 * The end of the log of a Job or Pod that failed, on one line: what it wrote last. `undefined` when there is no log to
 * be had, or nothing in it that may be told. Never rejects but for the signal.
 */
export async function failureTail(
  kube: KubeClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const failed = (await podsOf(kube, workload, signal))
      .map((pod) => ({ pod, problem: podProblem(pod) }))
      .filter((it): it is Failing => it.problem?.log !== undefined)
      .sort(byWeight);
    return failed[0] && (await tailOf(kube, failed[0], 3, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) throw error;
    return undefined;
  }
}

interface Failing {
  readonly pod: KubeObject;
  readonly problem: PodProblem;
}

/** The gravest first; of equal ones the newest, since older ones may be of a former try. */
function byWeight(a: Failing, b: Failing): number {
  const made = ({ pod }: Failing): string => pod.metadata.creationTimestamp ?? '';
  const age = made(a) < made(b) ? 1 : made(a) > made(b) ? -1 : 0;
  return (
    comparePodProblems(a.problem, b.problem) || age || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1)
  );
}

async function podsOf(
  kube: KubeClient,
  { group, kind, namespace, name }: Workload,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const resource = workloads.get(`${group}/${kind}`);
  if (!resource) return [];
  const workload = await kube.get(resource, { namespace, name }, { signal });
  if (kind === 'Pod') return [workload];
  const labelSelector = selectorText(fieldsOf(workload['spec']).selector);
  if (labelSelector === undefined) return [];
  const { items } = await kube.list(pods, { namespace, labelSelector, maxItems: maxPods, signal });
  return items.filter((pod) => isBehind(pod, workload));
}

/** A selector finds what bears its labels; only the controller says whose it is. */
function isBehind(pod: KubeObject, { kind, metadata }: KubeObject): boolean {
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (kind !== 'Deployment') return controller?.uid === metadata.uid;
  const hash = pod.metadata.labels?.['pod-template-hash'] ?? '';
  return controller?.kind === 'ReplicaSet' && controller.name === `${metadata.name}-${hash}`;
}

/** The last lines that say something, without what Secrets hold. A log that can't be had is no reason to say nothing. */
async function tailOf(
  kube: KubeClient,
  { pod, problem: { log } }: Failing,
  lines: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!log) return undefined;
  const { namespace = '', name } = pod.metadata;
  try {
    const redactor = await redactorFor(kube, pod, signal);
    if (redactor.unknown === 'unread') return undefined;
    const text = await read(
      kube.logs({ namespace, name }, { ...log, tailLines, limitBytes: tailBytes, signal }),
    );
    const told = text
      .split('\n')
      .map((line) => plainLine(redactor.redactStrictly(line), maxLine))
      .filter((line) => line !== '');
    return plainLine(told.slice(-lines).join(' / '), maxTail) || undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubeApiError) return undefined;
    throw error;
  }
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    // The API server was asked for no more; whoever sends it anyway isn't listened to.
    if (size > 2 * tailBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

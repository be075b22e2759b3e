import { plainLine } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { linesOf, maxLineBytes } from './log-lines.ts';
import { merged } from './merged.ts';
import { InspectionRefused } from './model.ts';
import type { Finding, LogQuery, LogSource } from './model.ts';
import { fieldsOf, listOf, textOf } from './read.ts';
import { redactorFor } from './redactor.ts';

/** As many containers are read for one question; the rest is said to be left out. */
const maxSources = 20;
/** Of each container that isn't followed. */
const maxBytes = 10 * 1024 * 1024;

interface Source {
  readonly source: LogSource;
  readonly pod: KubeObject;
}

/**
 * What the containers of these Pods write: first the sources, then lines as they come; those of one container in their
 * order. What Secrets gave to a Pod is masked. Throws `InspectionRefused` when there is nothing to read.
 */
export async function* logsOf(
  pods: readonly KubeObject[],
  query: LogQuery,
  kube: KubeClient,
  signal: AbortSignal,
): AsyncGenerator<readonly Finding[], void> {
  const all = pods.flatMap((pod) => sourcesOf(pod, query.container));
  if (all.length === 0)
    throw new InspectionRefused('not-found', `none of its Pods has a container ${query.container}`);
  const chosen = all.slice(0, maxSources);
  yield [
    ...chosen.map(({ source }): Finding => ({ kind: 'source', source })),
    ...(all.length > chosen.length
      ? [notice(`only ${chosen.length} of ${all.length} containers are read: name a Pod or a container`)]
      : []),
  ];
  // What is read no more is let go of, also where it says nothing.
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const reading = chosen.map((source) => read(source, query, kube, until));
  try {
    if (query.follow) yield* merged(reading);
    else for (const source of reading) yield* source;
  } finally {
    stop.abort();
  }
}

async function* read(
  { source, pod }: Source,
  { follow, previous, tailLines, sinceSeconds }: LogQuery,
  kube: KubeClient,
  signal: AbortSignal,
): AsyncGenerator<readonly Finding[], void> {
  const { namespace, pod: name, container } = source;
  try {
    const redactor = await redactorFor(kube, pod, signal);
    const { unknown } = redactor;
    if (unknown === 'unread')
      yield [
        notice(
          `the agent cannot read all Secrets of Pod ${name}: of the others only what looks like one is masked`,
        ),
      ];
    const clean = (line: string): string => {
      const isCut = line.length >= maxLineBytes;
      return unknown === 'nothing' ? redactor.redact(line, isCut) : redactor.redactStrictly(line, isCut);
    };
    const chunks = kube.logs(
      { namespace, name },
      {
        container,
        follow,
        previous,
        ...(tailLines > 0 && { tailLines }),
        ...(sinceSeconds > 0 && { sinceSeconds }),
        ...(!follow && { limitBytes: maxBytes }),
        signal,
      },
    );
    for await (const lines of linesOf(chunks))
      yield lines.map((line) => ({ kind: 'line', source, text: clean(line) }));
  } catch (error) {
    // One container that has no log is no reason to leave out the others.
    if (!(error instanceof KubeApiError)) throw error;
    const why =
      error.status === 403
        ? 'the agent may not read logs (pods/log)'
        : plainLine(error.message, 300) || error.reason;
    yield [notice(`container ${container} of Pod ${name}: ${why}`)];
  }
}

/** Of init containers those that are not done: there the trouble is. */
function sourcesOf(pod: KubeObject, container: string): Source[] {
  const spec = fieldsOf(pod['spec']);
  const status = fieldsOf(pod['status']);
  const done = new Set(
    listOf(status.initContainerStatuses)
      .filter((it) => fieldsOf(fieldsOf(it.state).terminated).exitCode === 0)
      .map((it) => textOf(it.name)),
  );
  const init = listOf(spec.initContainers).map((it) => textOf(it.name));
  const main = listOf(spec.containers).map((it) => textOf(it.name));
  const debug = listOf(spec.ephemeralContainers).map((it) => textOf(it.name));
  const names = container
    ? [...init, ...main, ...debug].filter((name) => name === container)
    : [...init.filter((name) => !done.has(name)), ...main];
  const { namespace = '', name } = pod.metadata;
  return names.map((each) => ({ source: { namespace, pod: name, container: each }, pod }));
}

function notice(text: string): Finding {
  return { kind: 'notice', text };
}

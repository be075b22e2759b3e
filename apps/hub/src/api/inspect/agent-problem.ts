import { status } from '@grpc/grpc-js';
import { ProtocolError, RequestFailed } from '@muster/transport';
import { Problem } from '../problem.ts';

/** What an agent that could not answer, or did not, is to whoever asked; other errors as they are. */
export function agentProblem(
  error: unknown,
  cluster: string,
  agentVersion: string,
  timeoutMs: number,
): unknown {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Problem(
      504,
      `The agent of cluster "${cluster}" did not answer within ${timeoutMs / 1_000} s. Its cluster may be slow: try again.`,
    );
  if (error instanceof ProtocolError)
    return new Problem(502, `The agent of cluster "${cluster}" gave an answer that can't be read.`);
  if (!(error instanceof RequestFailed)) return error;
  const explain = ofCode.get(error.code);
  const said = sentence(error.message);
  return explain === undefined
    ? new Problem(502, `The agent of cluster "${cluster}" could not answer: ${said}`)
    : new Problem(explain.status, explain.detail(cluster, said, agentVersion || 'unknown'));
}

interface Explanation {
  readonly status: number;
  readonly detail: (cluster: string, said: string, agentVersion: string) => string;
}

const ofCode: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [
    status.UNIMPLEMENTED,
    {
      status: 501,
      detail: (cluster, _, version) =>
        `The agent of cluster "${cluster}" (version ${version}) is too old to be asked this: upgrade it.`,
    },
  ],
  [status.NOT_FOUND, { status: 404, detail: (cluster, said) => `Cluster "${cluster}": ${said}` }],
  [status.INVALID_ARGUMENT, { status: 400, detail: (cluster, said) => `Cluster "${cluster}": ${said}` }],
  [
    status.PERMISSION_DENIED,
    {
      status: 409,
      detail: (cluster, said) => `The agent of cluster "${cluster}" lacks a right for this: ${said}`,
    },
  ],
  [
    status.RESOURCE_EXHAUSTED,
    {
      status: 503,
      detail: (cluster) => `The agent of cluster "${cluster}" is asked too much at once: try again.`,
    },
  ],
  [
    status.UNAVAILABLE,
    {
      status: 503,
      detail: (cluster, said) => `Cluster "${cluster}" can't be asked at the moment: ${said}`,
    },
  ],
]);

export function notConnected(cluster: string): Problem {
  return new Problem(
    503,
    `Cluster "${cluster}" is not connected to the hub, so it can't be asked. Look at \`muster describe cluster ${cluster}\`, and try again when its agent is back.`,
  );
}

/** Agents' messages are parts of sentences. */
function sentence(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 1_000)
    .toWellFormed();
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}

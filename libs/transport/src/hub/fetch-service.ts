import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { FetchRequest, FetchResponse } from '@muster/contracts';
import type { AgentServerLimits, TransportProblem } from '../port.ts';
import { isDigest } from '../shared/blobs.ts';
import { MAX_FETCH_DIGESTS } from '../shared/limits.ts';
import type { Encoded } from '../shared/wire.ts';
import type { AnswerCache } from './answer-cache.ts';
import { peerOf } from './peer.ts';
import type { LiveSession } from './session.ts';
import type { Sessions } from './sessions.ts';

type FetchCall = ServerWritableStream<FetchRequest, Encoded<FetchResponse>>;

export interface FetchServiceOptions {
  readonly sessions: Sessions;
  readonly answers: AnswerCache;
  readonly limits: AgentServerLimits;
  readonly problem: (problem: TransportProblem) => void;
}

/**
 * Serves `Fetch`: only beside the peer's live session here. That one's key was checked when it opened and it ends
 * when the cluster is removed, so that whoever lost its place can't go on reading.
 */
export class FetchService {
  readonly #options: FetchServiceOptions;

  constructor(options: FetchServiceOptions) {
    this.#options = options;
  }

  readonly fetch = (call: FetchCall): void => {
    const peer = peerOf(call);
    const session = peer && this.#options.sessions.get(peer.clusterId);
    if (session === undefined || session.peer.keyId !== peer?.keyId) {
      refuse(call, status.FAILED_PRECONDITION, 'this cluster has no open session here');
      return;
    }
    const invalid = problemOf(call.request.digests);
    if (invalid !== undefined) {
      refuse(call, status.INVALID_ARGUMENT, invalid);
      return;
    }
    if (session.fetches >= this.#options.limits.maxFetchesPerSession) {
      refuse(call, status.RESOURCE_EXHAUSTED, `${session.fetches} fetches of this session are running`);
      return;
    }
    session.fetches++;
    this.#answer(call, session)
      .catch((cause: unknown) => {
        if (session.ended || call.cancelled) {
          refuse(call, status.CANCELLED, 'the session has ended');
          return;
        }
        this.#options.problem({
          kind: 'blob-missing',
          message: "a fetch couldn't be answered",
          clusterId: session.peer.clusterId,
          cause,
        });
        refuse(call, status.INTERNAL, 'the hub failed');
      })
      .finally(() => session.fetches--);
  };

  async #answer(call: FetchCall, session: LiveSession): Promise<void> {
    const { digests } = call.request;
    const forbidden = await session.handlers?.firstForbidden(digests);
    if (forbidden !== undefined) {
      refuse(call, status.PERMISSION_DENIED, `${forbidden} is not in this cluster's desired state`);
      return;
    }
    const gone = new AbortController();
    call.once('cancelled', () => gone.abort());
    const signal = AbortSignal.any([session.signal, gone.signal]);
    for await (const chunk of this.#options.answers.answer(digests, signal)) {
      if (!call.write(chunk)) await once(call, 'drain', { signal });
    }
    call.end();
  }
}

function problemOf(digests: readonly string[]): string | undefined {
  if (digests.length === 0) return 'no digest is asked for';
  if (digests.length > MAX_FETCH_DIGESTS) return `more than ${MAX_FETCH_DIGESTS} digests are asked for`;
  const wrong = digests.find((digest) => !isDigest(digest));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong.slice(0, 100))} is not a digest`;
}

function refuse(call: FetchCall, code: number, details: string): void {
  if (!call.destroyed && !call.writableEnded) call.emit('error', { code, details });
}

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Blob, FetchResponse, SessionServiceClient } from '@muster/contracts';
import type { FetchedBlob } from '../agent-port.ts';
import { BlobReader, verifyBlob } from '../shared/blobs.ts';
import { BlobMismatch, grpcStatusOf, HubRefused, ProtocolError } from '../shared/errors.ts';
import { CHUNK_BYTES } from '../shared/limits.ts';

const inflate = promisify(gunzip);
/** Digests of one call: large enough to pay, small enough that a broken call costs little. */
const BATCH = 1_000;
const ATTEMPTS = 2;
const DEADLINE_MS = 600_000;

/** Fetches all digests over this client, verified; see `AgentLink.fetch`. */
export async function* fetchBlobs(
  client: SessionServiceClient,
  digests: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<FetchedBlob> {
  const all = [...new Set(digests)];
  // One batch ahead: while this one is read, the hub makes and sends the next, as far as flow control lets it.
  let ahead = all.length > 0 ? startFetch(client, all.slice(0, BATCH)) : undefined;
  try {
    for (let at = 0; at < all.length; at += BATCH) {
      const missing = new Set(all.slice(at, at + BATCH));
      let call = ahead;
      const next = all.slice(at + BATCH, at + 2 * BATCH);
      ahead = next.length > 0 ? startFetch(client, next) : undefined;
      for (let attempt = 1; missing.size > 0; attempt++) {
        try {
          yield* readBlobs(call ?? startFetch(client, [...missing]), missing, signal);
        } catch (error) {
          if (!(error instanceof BlobMismatch) || attempt === ATTEMPTS) throw error;
          call = undefined;
        }
      }
    }
  } finally {
    ahead?.cancel();
  }
}

/** Yields what comes, and takes it out of `missing`. */
async function* readBlobs(
  call: ClientReadableStream<FetchResponse>,
  missing: Set<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FetchedBlob> {
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel);
  const reader = new BlobReader();
  try {
    signal?.throwIfAborted();
    for await (const response of call as AsyncIterable<FetchResponse>) {
      const bytes = response.gzip
        ? await inflate(response.data, { maxOutputLength: CHUNK_BYTES * 2 })
        : response.data;
      for (const blob of reader.read(bytes)) yield wanted(blob, missing);
    }
    reader.end();
  } catch (error) {
    signal?.throwIfAborted();
    throw asFetchError(error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
  const [absent] = missing;
  if (absent !== undefined) throw new BlobMismatch(absent, `the hub did not send ${absent}`);
}

function startFetch(client: SessionServiceClient, digests: string[]): ClientReadableStream<FetchResponse> {
  try {
    const call = client.fetch({ digests }, { deadline: Date.now() + DEADLINE_MS });
    // Whoever reads it hears of an error; until then nobody does.
    call.on('error', () => undefined);
    return call;
  } catch (cause) {
    // The session ended between two batches and closed the client.
    throw new HubRefused(status.UNAVAILABLE, 'the session has ended', { cause });
  }
}

function wanted(blob: Blob, missing: Set<string>): FetchedBlob {
  verifyBlob(blob);
  if (!missing.delete(blob.digest))
    throw new BlobMismatch(blob.digest, `the hub sent ${blob.digest} unasked`);
  const { digest, data, sha256 } = blob;
  return sha256.length === 0 ? { digest, data } : { digest, data, sha256 };
}

function asFetchError(error: unknown): unknown {
  if (error instanceof BlobMismatch || error instanceof ProtocolError) return error;
  const { code, details } = grpcStatusOf(error);
  return new HubRefused(code, details, { cause: error });
}

/** What a fetch gets while no session is open. */
export function noSession(): HubRefused {
  return new HubRefused(status.UNAVAILABLE, 'there is no session with the hub');
}

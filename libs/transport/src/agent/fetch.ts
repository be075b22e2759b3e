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
  for (let at = 0; at < all.length; at += BATCH) {
    const missing = new Set(all.slice(at, at + BATCH));
    for (let attempt = 1; missing.size > 0; attempt++) {
      try {
        yield* fetchOnce(client, missing, signal);
      } catch (error) {
        if (!(error instanceof BlobMismatch) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

/** Yields what comes, and takes it out of `missing`. */
async function* fetchOnce(
  client: SessionServiceClient,
  missing: Set<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FetchedBlob> {
  signal?.throwIfAborted();
  const call = startFetch(client, [...missing]);
  call.on('error', () => undefined);
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel);
  const reader = new BlobReader();
  try {
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
    return client.fetch({ digests }, { deadline: Date.now() + DEADLINE_MS });
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

import { KubeApiError, KubeNetworkError, errorCode } from './errors.ts';
import { asError } from './exchange.ts';
import type { LogOptions, ObjectKey } from './port.ts';
import { queryOf } from './resource-path.ts';
import type { Transport } from './transport.ts';

/** A container that says nothing may say nothing for ever; one that is asked what it said answers at once. */
const SILENCE_MS = 30_000;

/**
 * What a container wrote, as the kubelet gives it to the API server: until its end, or, followed, until the container
 * ends or the signal aborts. Read no faster than the caller takes it.
 */
export async function* readLogs(
  transport: Transport,
  pod: ObjectKey,
  options: LogOptions,
): AsyncGenerator<Uint8Array, void> {
  const { namespace, name } = pod;
  if (namespace === undefined) throw new TypeError(`a Pod needs a namespace: ${name}`);
  const { follow = false, previous = false, signal } = options;
  const path =
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log` +
    queryOf({
      container: options.container,
      follow: follow ? 'true' : undefined,
      previous: previous ? 'true' : undefined,
      tailLines: options.tailLines?.toString(),
      sinceSeconds: options.sinceSeconds?.toString(),
      limitBytes: options.limitBytes?.toString(),
    });
  try {
    yield* await transport.stream(path, '*/*', follow ? 0 : SILENCE_MS, signal);
  } catch (error) {
    if (signal.aborted) throw asError(signal.reason);
    if (error instanceof KubeApiError || error instanceof KubeNetworkError) throw error;
    throw new KubeNetworkError(`the log of Pod ${name}: ${asError(error).message}`, errorCode(error), error);
  }
}

import { Pool, type Dispatcher } from 'undici';
import type { KubeConfig } from '@muster/kube';

export interface RawApply {
  /** The object's URL path, without a query. */
  readonly path: string;
  /** JSON, ready to send. */
  readonly body: Uint8Array;
}

export interface RawAppliesResult {
  readonly seconds: number;
  readonly perSecond: number;
}

/**
 * How fast the API server takes server-side applies: prebuilt bodies over keep-alive connections, `inFlight` at a
 * time, the answers thrown away unread. What Muster's own apply is measured against: nobody who sends the same
 * requests can be much faster.
 *
 * Also in what they ask for they are the agent's: metadata in the answer, and no search for unknown fields.
 *
 * Connections are opened before the clock starts. Rejects at the first answer that isn't 200 or 201.
 */
export async function rawApplies(
  config: KubeConfig,
  applies: readonly RawApply[],
  inFlight: number,
  fieldManager = 'raw',
): Promise<RawAppliesResult> {
  const pool = new Pool(config.server, {
    connections: inFlight,
    allowH2: false,
    keepAliveTimeout: 60_000,
    connect: { ca: config.tls?.ca, cert: config.tls?.cert, key: config.tls?.key },
  });
  const authorization = config.token === undefined ? [] : ['authorization', `Bearer ${config.token}`];
  try {
    await Promise.all(
      Array.from({ length: inFlight }, () =>
        send(pool, { path: '/readyz', method: 'GET', headers: authorization }),
      ),
    );
    const headers = [
      'content-type',
      'application/apply-patch+yaml',
      'accept',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      ...authorization,
    ];
    const query = `?fieldManager=${fieldManager}&force=true&fieldValidation=Ignore`;
    const started = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (next < applies.length) {
          const { path, body } = applies[next++]!;
          await send(pool, { path: path + query, method: 'PATCH', headers, body: body });
        }
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    return { seconds, perSecond: applies.length / seconds };
  } finally {
    await pool.close();
  }
}

function send(pool: Pool, options: Dispatcher.DispatchOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    pool.dispatch(options, {
      onRequestStart: () => {},
      onResponseStart: (_, statusCode) => {
        status = statusCode;
      },
      onResponseData: () => {},
      onResponseEnd: () => {
        if (status === 200 || status === 201) resolve();
        else reject(new Error(`${options.method} ${options.path} was answered ${status}`));
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { clusterCertificates } from './certificates.ts';

/** What an API server asks an admission webhook, as far as tests look at it. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly object: WebhookObject | null;
  readonly oldObject: WebhookObject | null;
  readonly dryRun?: boolean;
  readonly userInfo: { readonly username?: string; readonly groups?: readonly string[] };
  readonly options: Readonly<Record<string, unknown>> | null;
}

/** An object as a webhook gets it. */
export interface WebhookObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** What a webhook of a test does with a request; without anything said it lets it through. */
export interface AdmissionVerdict {
  readonly patch?: readonly JsonPatchOperation[];
  /** Refused, for this reason. */
  readonly denied?: string;
  readonly warnings?: readonly string[];
}

export type AdmissionHandler = (request: AdmissionRequest) => AdmissionVerdict | Promise<AdmissionVerdict>;

/** From objects to the same objects of another version; throws what the API server is to be told. */
export type ConversionHandler = (
  objects: readonly WebhookObject[],
  desiredApiVersion: string,
) => readonly WebhookObject[];

export interface WebhookServerOptions {
  /** By path, with its slash. */
  readonly admission?: Readonly<Record<string, AdmissionHandler>>;
  readonly conversion?: Readonly<Record<string, ConversionHandler>>;
}

/** Webhooks of a test, in this process, over TLS with a certificate authority of their own. */
export interface WebhookServer {
  /** What `clientConfig` says. */
  readonly clientConfig: (path: string) => { readonly url: string; readonly caBundle: string };
  /** Admission requests in the order in which they came. */
  readonly asked: (path: string) => readonly AdmissionRequest[];
  readonly stop: () => Promise<void>;
}

/** Starts a server that plays the webhooks of `options`; all else is answered with 404. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { ca, server: identity } = await clusterCertificates();
  const asked = new Map<string, AdmissionRequest[]>();
  const answer = async (path: string, body: string): Promise<object | undefined> => {
    const review = JSON.parse(body) as { apiVersion: string; kind: string; request: unknown };
    const { apiVersion, kind } = review;
    const admission = options.admission?.[path];
    if (admission !== undefined) {
      const request = review.request as AdmissionRequest;
      asked.set(path, [...(asked.get(path) ?? []), request]);
      return { apiVersion, kind, response: admissionResponse(request.uid, await admission(request)) };
    }
    const conversion = options.conversion?.[path];
    if (conversion === undefined) return undefined;
    return {
      apiVersion,
      kind,
      response: conversionResponse(review.request as ConversionRequest, conversion),
    };
  };
  const server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    void readBody(request)
      .then((body) => answer(new URL(request.url ?? '/', 'https://webhook').pathname, body))
      .then(
        (review) => {
          response.writeHead(review === undefined ? 404 : 200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(review ?? {}));
        },
        (error: unknown) => {
          response.writeHead(500, { 'content-type': 'text/plain' });
          response.end(String(error));
        },
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    clientConfig: (path) => ({
      url: `https://127.0.0.1:${port}${path}`,
      caBundle: Buffer.from(ca).toString('base64'),
    }),
    asked: (path) => asked.get(path) ?? [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function admissionResponse(uid: string, { patch, denied, warnings }: AdmissionVerdict): object {
  return {
    uid,
    allowed: denied === undefined,
    ...(denied !== undefined && { status: { code: 403, message: denied } }),
    ...(warnings !== undefined && { warnings }),
    ...(patch !== undefined && {
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    }),
  };
}

interface ConversionRequest {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly WebhookObject[];
}

function conversionResponse(request: ConversionRequest, convert: ConversionHandler): object {
  const { uid, desiredAPIVersion, objects } = request;
  try {
    const convertedObjects = convert(objects, desiredAPIVersion);
    return { uid, convertedObjects, result: { status: 'Success' } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { uid, convertedObjects: [], result: { status: 'Failure', message } };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

import { lookup } from 'node:dns';
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { type LookupFunction, isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { GitError } from '../errors.ts';
import { isForbiddenAddress, isLoopback } from './addresses.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** An `authorization` header's value; it never follows a redirect to another origin. */
  readonly authorization?: string;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly body: IncomingMessage;
}

const maxRedirects = 4;
/** Without a byte for so long, the server is taken to be gone. */
const silenceMs = 30_000;
const keepAliveMs = 60_000;

/** HTTP for Git: kept-alive connections, time limits, and redirects that cannot lead where the hub alone can reach. */
export class HttpClient {
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

  constructor(ca?: string) {
    const kept = { keepAlive: true, maxSockets: 4, keepAliveMsecs: 10_000, timeout: keepAliveMs };
    this.#agents = {
      'http:': new http.Agent(kept),
      'https:': new https.Agent({ ...kept, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) }),
    };
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    let { url, authorization } = request;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#retryStale(
        { ...request, url, ...(authorization === undefined ? {} : { authorization }) },
        redirects > 0,
      );
      const status = response.statusCode ?? 0;
      const location = response.headers.location;
      if (status < 300 || status >= 400 || location === undefined) {
        return { status, contentType: response.headers['content-type'] ?? '', url, body: response };
      }
      response.resume();
      if (redirects === maxRedirects) throw new GitError('unreachable', `${url.origin} redirects too often`);
      const target = new URL(location, url);
      refuseUnsafeRedirect(url, target);
      if (target.origin !== url.origin) authorization = undefined;
      url = target;
    }
  }

  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  /** A server may close an idle connection in the moment in which it is used again; that says nothing about the request. */
  async #retryStale(request: HttpRequest, redirected: boolean): Promise<IncomingMessage> {
    try {
      return await this.#send(request, redirected);
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error;
      return this.#send(request, redirected);
    }
  }

  #send(request: HttpRequest, redirected: boolean): Promise<IncomingMessage> {
    const { url, method, body, signal, authorization } = request;
    const secure = url.protocol === 'https:';
    if (isIP(hostOf(url)) !== 0) refuseAddress(url, hostOf(url), redirected);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = (secure ? https : http).request(
      url,
      {
        method,
        agent: this.#agents[secure ? 'https:' : 'http:'],
        lookup: lookupAllowed(url, redirected),
        timeout: silenceMs,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          'user-agent': 'git/muster',
          ...request.headers,
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-length': body.length }),
        },
      },
      (response) => {
        response.on('error', () => undefined); // whoever reads the body is told
        resolve(response);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${silenceMs / 1000} s`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnectionError() : error);
    });
    sent.end(body);
    return promise;
  }
}

class StaleConnectionError extends Error {}

function refuseUnsafeRedirect(from: URL, to: URL): void {
  const allowed = to.protocol === 'https:' || (to.origin === from.origin && to.protocol === 'http:');
  if (!allowed)
    throw new GitError(
      'refused',
      `${from.origin} redirects to ${to.protocol}//${to.host}, which is not https`,
    );
}

function lookupAllowed(url: URL, redirected: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      try {
        const found = Array.isArray(address) ? address.map((entry) => entry.address) : [address];
        if (error === null) for (const each of found) refuseAddress(url, each, redirected);
        callback(error, address, family);
      } catch (refusal) {
        callback(refusal as Error, '', 0);
      }
    });
  };
}

/** The link-local range holds the cloud's metadata services; loopback is for who configured it, not for a redirect. */
function refuseAddress(url: URL, address: string, redirected: boolean): void {
  if (isForbiddenAddress(address))
    throw new GitError('refused', `${url.host} is at ${address}, a link-local address`);
  if (redirected && isLoopback(address) && !isLoopback(hostOf(url))) {
    throw new GitError('refused', `a redirect leads to ${url.host}, which is this machine`);
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

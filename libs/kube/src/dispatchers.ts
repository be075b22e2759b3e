import { Pool, ProxyAgent, type Dispatcher } from 'undici';
import type { KubeConfig } from './config.ts';

/** How long an idle connection is kept: below the API server's own 90 s, so that it is rarely the one that hangs up. */
const IDLE_MS = 60_000;

/**
 * A pool of HTTP/1.1 keep-alive connections to one API server.
 *
 * HTTP/1.1, because over one HTTP/2 connection the same applies were measured slower; `pipelining: 1`, because an
 * apply that a webhook holds up must not hold up others.
 */
export function connectionPool(config: KubeConfig, connections: number | null): Dispatcher {
  const tls = {
    ...(config.tls?.ca === undefined ? {} : { ca: config.tls.ca }),
    ...(config.tls?.cert === undefined ? {} : { cert: config.tls.cert }),
    ...(config.tls?.key === undefined ? {} : { key: config.tls.key }),
    ...(config.tls?.serverName === undefined ? {} : { servername: config.tls.serverName }),
    ...(config.tls?.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
  const options = {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  };
  if (config.proxyUrl !== undefined) {
    return new ProxyAgent({ ...options, uri: config.proxyUrl, requestTls: tls });
  }
  return new Pool(new URL(config.server).origin, {
    ...options,
    connect: { ...tls, timeout: 10_000, keepAlive: true },
  });
}

import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';
import { authorityPin, HUB_SERVER_NAME } from '@muster/identity';
import { HubRefused, WrongAuthority } from '../shared/errors.ts';
import { status } from '@grpc/grpc-js';

const TIMEOUT_MS = 15_000;
const MAX_CHAIN = 5;

/**
 * The CA (PEM) with this pin, out of the chain that the hub shows. Nothing is sent on this connection: the next one
 * trusts this CA and no other. Throws `WrongAuthority` when the chain doesn't hold it, `HubRefused` without answer.
 */
export function findAuthority(address: string, pin: string): Promise<string> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      servername: HUB_SERVER_NAME,
      ALPNProtocols: ['h2'],
      // Whom to believe is what is looked for here; the pin decides.
      rejectUnauthorized: false,
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', (cause: Error) => {
      reject(
        new HubRefused(status.UNAVAILABLE, `can't reach the hub at ${address}: ${cause.message}`, { cause }),
      );
    });
    socket.once('secureConnect', () => {
      const authority = authorityIn(socket.getPeerCertificate(true), pin);
      socket.destroy();
      if (authority !== undefined) resolve(authority);
      else {
        reject(
          new WrongAuthority(
            `the hub at ${address} is not the one that made this join token: its CA has another pin`,
          ),
        );
      }
    });
  });
}

function authorityIn(leaf: DetailedPeerCertificate, pin: string): string | undefined {
  let link: DetailedPeerCertificate | undefined = leaf;
  for (let depth = 0; depth < MAX_CHAIN && link?.raw !== undefined; depth++) {
    const certificate = new X509Certificate(link.raw);
    if (certificate.ca && authorityPin(link.raw) === pin) return certificate.toString();
    link = link.issuerCertificate === link ? undefined : link.issuerCertificate;
  }
  return undefined;
}

function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

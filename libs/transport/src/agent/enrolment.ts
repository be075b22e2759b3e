import { createPrivateKey, X509Certificate } from 'node:crypto';
import { credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { EnrolmentServiceClient } from '@muster/contracts';
import type { Certificate, EnrolResponse, RenewResponse } from '@muster/contracts';
import {
  certificateDer,
  certificatesPem,
  CLOCK_SKEW_MS,
  createCsr,
  generateKey,
  parseJoinToken,
} from '@muster/identity';
import type { AgentIdentity } from '../agent-port.ts';
import { HubRefused, ProtocolError } from '../shared/errors.ts';
import { MAX_ENROLMENT_MESSAGE_BYTES } from '../shared/limits.ts';
import { findAuthority } from './authority-probe.ts';
import { channelOptions } from './channel.ts';

const DEADLINE_MS = 20_000;
const SESSIONS_PORT = 8443;
const MAX_RENEWAL_MS = 365 * 24 * 3_600_000;

export interface EnrolOptions {
  /** `host:port` of the enrolment listener. */
  readonly address: string;
  readonly joinToken: string;
  /** Empty: the token's. */
  readonly clusterName: string;
  readonly clusterUid: string;
  /** The key to use; default: a new one. An attempt whose answer was lost is repeated with the same. */
  readonly key?: string;
}

export interface IssuedIdentity extends AgentIdentity {
  /** How long to wait before renewing it; by intervals, because the agent's clock may be wrong. */
  readonly renewInMs: number;
  readonly expiresInMs: number;
  /** `host:port` */
  readonly sessionAddress: string;
}

export interface EnrolledIdentity extends IssuedIdentity {
  readonly clusterName: string;
  readonly fleet: string;
}

/**
 * Trades a join token for an identity. The token's secret is sent only over a connection whose CA has the token's
 * pin. Throws `WrongAuthority`, `HubRefused`, or `ProtocolError` for a token that isn't one.
 */
export async function enrol(options: EnrolOptions): Promise<EnrolledIdentity> {
  const token = parseJoinToken(options.joinToken);
  if (token === undefined) throw new ProtocolError('this is not a join token (muster-join-…)');
  const authority = await findAuthority(options.address, token.pin);
  const key = options.key ?? generateKey();
  const { clusterName, clusterUid } = options;
  const request = { joinToken: options.joinToken.trim(), csr: createCsr(key), clusterName, clusterUid };
  const response = await withClient<EnrolResponse>(options.address, authority, (client, deadline, done) =>
    client.enrol(request, new Metadata(), { deadline }, done),
  );
  const issued = identityOf(response.certificate, key, options.address);
  return { ...issued, clusterName: response.clusterName, fleet: response.fleet };
}

/** Gets a new certificate for the same key, also when the former ran out. Throws `HubRefused`. */
export async function renew(address: string, identity: AgentIdentity): Promise<IssuedIdentity> {
  const request = { csr: createCsr(identity.key), certificate: certificateDer(identity.certificate) };
  const response = await withClient<RenewResponse>(address, identity.authorities, (client, deadline, done) =>
    client.renew(request, new Metadata(), { deadline }, done),
  );
  return identityOf(response.certificate, identity.key, address);
}

type Done<T> = (error: ServiceError | null, response: T) => void;

function withClient<T>(
  address: string,
  authorities: string,
  call: (client: EnrolmentServiceClient, deadline: number, done: Done<T>) => void,
): Promise<T> {
  const client = new EnrolmentServiceClient(
    address,
    credentials.createSsl(Buffer.from(authorities)),
    channelOptions(address, MAX_ENROLMENT_MESSAGE_BYTES),
  );
  return new Promise<T>((resolve, reject) => {
    call(client, Date.now() + DEADLINE_MS, (error, response) => {
      client.close();
      if (error === null) resolve(response);
      else reject(new HubRefused(error.code, error.details, { cause: error }));
    });
  });
}

/** @throws ProtocolError when the hub answered with something else than a certificate of our key. */
function identityOf(answer: Certificate | undefined, key: string, address: string): IssuedIdentity {
  if (answer === undefined || answer.caBundle.length === 0)
    throw new ProtocolError('the hub sent no certificate');
  const parsed = new X509Certificate(answer.certificate);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) {
    throw new ProtocolError("the hub's certificate is for another key than ours");
  }
  const issued = parsed.validFromDate.getTime() + CLOCK_SKEW_MS;
  return {
    key,
    certificate: parsed.toString(),
    authorities: certificatesPem(answer.caBundle),
    renewInMs: within(Number(answer.renewAfterUnixMs) - issued),
    expiresInMs: within(Number(answer.notAfterUnixMs) - issued),
    sessionAddress: answer.sessionAddress || `${address.slice(0, address.lastIndexOf(':'))}:${SESSIONS_PORT}`,
  };
}

function within(ms: number): number {
  return Math.min(MAX_RENEWAL_MS, Math.max(0, ms));
}

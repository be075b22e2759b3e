import { status } from '@grpc/grpc-js';
import { authorityPin, generateKey, parseJoinToken } from '@muster/identity';
import { enrol, HubRefused, ProtocolError, renew, WrongAuthority } from '@muster/transport';
import type { IssuedIdentity, Timers } from '@muster/transport';
import { namespaces } from '../resources.ts';
import { troubleOf } from '../trouble.ts';
import { IdentityConflict, isIssued } from './identity-store.ts';
import type { IdentityStore, Issued, StoredIdentity } from './identity-store.ts';
import type { HubLinkOptions } from './options.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** After these, the same attempt later may do. */
const PASSING: readonly number[] = [
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.INTERNAL,
  status.DEADLINE_EXCEEDED,
];

/** There is neither an identity nor a token to get one with: nothing but a person can help. */
export class NoIdentity extends Error {
  override readonly name = 'NoIdentity';
}

/**
 * The cluster's identity. The stored one, unless a join token is given that it has not been tried against yet:
 *
 * - A token of another hub means that a person moves the cluster there.
 * - A token of the same hub is used when that hub does not take the stored identity any more (the cluster was removed,
 *   or the hub was restored from a backup that lacks it). Where the identity is good, the token is needless, then and
 *   later: a cluster that is removed afterwards does not come back by it.
 *
 * A token that is refused changes nothing where there is an identity. Rejects where the hub refuses the token and
 * there is none; waits where the hub or the cluster can't be reached.
 */
export async function obtainIdentity(
  options: HubLinkOptions,
  store: IdentityStore,
  timers: Timers,
  signal: AbortSignal,
): Promise<Issued> {
  const { joinToken, log, random = Math.random } = options;
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      const identity = await attempt(options, store, timers);
      const tokenId = joinToken === undefined ? undefined : parseJoinToken(joinToken)?.id;
      if (tokenId !== undefined && identity.joinTokenId === tokenId) await options.onTokenNeedless?.();
      return identity;
    } catch (error) {
      signal.throwIfAborted();
      const trouble = troubleOf(error, failures, random());
      if (trouble === undefined && !passes(error)) throw error;
      const reason = trouble?.message ?? (error as Error).message;
      const retryInMs =
        trouble?.retryInMs ??
        Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
      log.warn({ reason, retryInMs: Math.round(retryInMs) }, 'the cluster has no identity yet');
      await sleep(retryInMs, timers, signal);
    }
  }
}

function passes(error: unknown): boolean {
  return error instanceof IdentityConflict || (error instanceof HubRefused && PASSING.includes(error.code));
}

async function attempt(options: HubLinkOptions, store: IdentityStore, timers: Timers): Promise<Issued> {
  const { joinToken, log } = options;
  const stored = await store.load();
  if (!isIssued(stored)) return enrolCluster(options, store, stored, timers);
  const token = joinToken === undefined ? undefined : parseJoinToken(joinToken);
  if (joinToken !== undefined && token === undefined) log.warn({}, 'what was given is not a join token');
  if (token === undefined || token.id === stored.joinTokenId) return stored;
  try {
    if (pinsOf(stored.issued.authorities).includes(token.pin)) {
      const proven = await prove(options, store, stored, token.id, timers);
      if (proven !== undefined) return proven;
    }
    return await enrolCluster(options, store, stored, timers);
  } catch (error) {
    const isRefused =
      error instanceof WrongAuthority || error instanceof ProtocolError || error instanceof HubRefused;
    if (!isRefused || passes(error)) throw error;
    log.warn(
      { reason: error.message },
      'the join token is refused; the cluster keeps the identity that it has',
    );
    return stored;
  }
}

/** Whether the hub still takes an identity shows when it is renewed. `undefined`: it doesn't. */
async function prove(
  options: HubLinkOptions,
  store: IdentityStore,
  stored: Issued,
  joinTokenId: string,
  timers: Timers,
): Promise<Issued | undefined> {
  const { key, issued } = stored;
  const enrolmentAddress = options.enrolmentAddress ?? issued.enrolmentAddress;
  try {
    const renewed = await renew(enrolmentAddress, { key, ...issued });
    const identity = {
      key,
      joinTokenId,
      issued: { ...issued, enrolmentAddress, ...partsOf(renewed, timers.now()) },
    };
    await store.save(identity);
    options.log.info({}, 'the cluster has an identity: the join token is not needed');
    return identity;
  } catch (error) {
    if (!(error instanceof HubRefused) || passes(error)) throw error;
    options.log.warn(
      { reason: error.message },
      "the hub doesn't take the cluster's identity: enrolling anew",
    );
    return undefined;
  }
}

/** The key is stored before it is used: a crash after the hub's answer repeats the attempt with the same key. */
async function enrolCluster(
  options: HubLinkOptions,
  store: IdentityStore,
  stored: StoredIdentity | undefined,
  timers: Timers,
): Promise<Issued> {
  const { joinToken } = options;
  const enrolmentAddress = options.enrolmentAddress ?? stored?.issued?.enrolmentAddress;
  if (joinToken === undefined || enrolmentAddress === undefined) {
    throw new NoIdentity(
      'this cluster has no identity yet: start the agent with a join token and the address of its hub',
    );
  }
  const kept = isIssued(stored) ? stored.nextKey : stored?.key;
  const key = kept ?? generateKey();
  if (kept === undefined) await store.save(isIssued(stored) ? { ...stored, nextKey: key } : { key });
  const clusterUid = (await options.kube.get(namespaces, { name: 'kube-system' })).metadata.uid ?? '';
  const enrolled = await enrol({
    address: enrolmentAddress,
    joinToken,
    clusterName: options.clusterName,
    clusterUid,
    key,
  });
  const { clusterName, fleet } = enrolled;
  const issued = { ...partsOf(enrolled, timers.now()), enrolmentAddress, clusterName, fleet };
  const joinTokenId = parseJoinToken(joinToken)?.id;
  const identity = { key, issued, ...(joinTokenId !== undefined && { joinTokenId }) };
  await store.save(identity);
  options.log.info({ cluster: clusterName, hub: enrolmentAddress }, 'the cluster is enrolled');
  return identity;
}

/** By intervals, because the agent's clock may be wrong. */
function partsOf(issued: IssuedIdentity, now: number) {
  const { certificate, authorities, sessionAddress, renewInMs, expiresInMs } = issued;
  return { certificate, authorities, sessionAddress, renewAt: now + renewInMs, expiresAt: now + expiresInMs };
}

function pinsOf(authorities: string): string[] {
  const pems = authorities.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
  return pems.map(authorityPin);
}

/** Rejects when the signal aborts. */
export function sleep(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = timers.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

import { status } from '@grpc/grpc-js';
import { authorityPin, generateKey, parseJoinToken } from '@muster/identity';
import { enrol, HubRefused } from '@muster/transport';
import type { Timers } from '@muster/transport';
import { IdentityConflict } from './identity-store.ts';
import type { IdentityStore, StoredIdentity } from './identity-store.ts';
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

export type Issued = Required<StoredIdentity>;

/** There is neither an identity nor a token to get one with: nothing but a person can help. */
export class NoIdentity extends Error {
  override readonly name = 'NoIdentity';
}

/**
 * The cluster's identity: the stored one, or a new one for the join token. A token of another hub than the stored
 * identity's means that a person moves the cluster there. Rejects where the hub refuses the token; waits where the
 * hub can't be reached.
 */
export async function obtainIdentity(
  options: HubLinkOptions,
  store: IdentityStore,
  timers: Timers,
  signal: AbortSignal,
): Promise<Issued> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    const stored = await store.load();
    if (isUsable(stored, options.joinToken)) return stored;
    try {
      return await enrolCluster(options, store, stored, timers);
    } catch (error) {
      const passes =
        error instanceof IdentityConflict || (error instanceof HubRefused && PASSING.includes(error.code));
      if (!passes) throw error;
      options.log.warn({ reason: error.message }, 'enrolment did not succeed yet');
      await sleep(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures), timers, signal);
    }
  }
}

function isUsable(stored: StoredIdentity | undefined, joinToken: string | undefined): stored is Issued {
  if (stored?.issued === undefined) return false;
  const token = joinToken === undefined ? undefined : parseJoinToken(joinToken);
  return token === undefined || pinsOf(stored.issued.authorities).includes(token.pin);
}

/** The key is stored before it is used: a crash after the hub's answer repeats the attempt with the same key. */
async function enrolCluster(
  options: HubLinkOptions,
  store: IdentityStore,
  stored: StoredIdentity | undefined,
  timers: Timers,
): Promise<Issued> {
  const { joinToken, enrolmentAddress } = options;
  if (joinToken === undefined || enrolmentAddress === undefined) {
    throw new NoIdentity(
      'this cluster has no identity yet: start the agent with a join token and the address of its hub',
    );
  }
  const key = stored !== undefined && stored.issued === undefined ? stored.key : generateKey();
  if (key !== stored?.key) await store.save({ key });
  const clusterUid = await uidOf(options);
  const enrolled = await enrol({
    address: enrolmentAddress,
    joinToken,
    clusterName: options.clusterName,
    clusterUid,
    key,
  });
  const now = timers.now();
  const { certificate, authorities, sessionAddress, clusterName, fleet, renewInMs, expiresInMs } = enrolled;
  const renewAt = now + renewInMs;
  const expiresAt = now + expiresInMs;
  const issued = {
    certificate,
    authorities,
    enrolmentAddress,
    sessionAddress,
    clusterName,
    fleet,
    renewAt,
    expiresAt,
  };
  await store.save({ key, issued });
  options.log.info({ cluster: clusterName, hub: enrolmentAddress }, 'the cluster is enrolled');
  return { key, issued };
}

async function uidOf({ kube }: HubLinkOptions): Promise<string> {
  const namespaces = await kube.resourceFor('', 'v1', 'Namespace');
  if (namespaces === undefined) throw new NoIdentity('the cluster has no namespaces');
  return (await kube.get(namespaces, { name: 'kube-system' })).metadata.uid ?? '';
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

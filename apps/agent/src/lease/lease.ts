import { setTimeout as delay } from 'node:timers/promises';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { errorText } from '../log.ts';
import type { Log } from '../log.ts';
import { isOlder } from '../resource-version.ts';
import { agentNamespace, leases } from '../resources.ts';
import { ensureAgentNamespace } from '../state/agent-secrets.ts';
import { troubleOf } from '../trouble.ts';
import { never, passedAtMost, systemClock } from './clock.ts';
import type { Clock, Moment } from './clock.ts';
import type { Holder } from './holder.ts';
import { NoLeaseError } from './no-lease.ts';

const leaseName = 'muster-agent';
const durationMs = 15_000;
const renewMs = 5_000;
/** Counted from the start of the last renewal that succeeded: a third of the duration is left for requests in flight. */
const stopWritingMs = 10_000;
const lookMs = 1_000;
const minPauseMs = 100;
/** Timers stand still with a suspended machine: a write in flight must not outlive that by more than this. */
const watchMs = 1_000;

/** Another agent has the Lease now. This one must stop at once. */
export class LostLeaseError extends Error {
  override readonly name = 'LostLeaseError';
}

/**
 * The cluster is as it was before this agent's last renewal: somebody put a backup of etcd back. What is in memory is of
 * a time that never was, resourceVersions included, by which watches resume and answers are put in order. The agent must
 * stop at once; the next one starts with what the cluster says.
 */
export class ClusterSetBackError extends Error {
  override readonly name = 'ClusterSetBackError';
}

/**
 * One writer per cluster. While held, `mayWrite` is true until shortly before the Lease could run out, whatever
 * clocks other machines have: only durations measured here count, by the clock that says that more time has passed.
 * What others hold is judged by the monotonic clock alone, which at worst waits for longer.
 */
export class Lease {
  readonly #kube: KubeClient;
  readonly #holder: Holder;
  readonly #log: Log;
  readonly #clock: Clock;
  #current: KubeObject | undefined;
  #renewedAt: Moment = never;
  #writes: AbortController | undefined;

  constructor(kube: KubeClient, holder: Holder, log: Log, clock: Clock = systemClock) {
    this.#kube = kube;
    this.#holder = holder;
    this.#log = log;
    this.#clock = clock;
  }

  mayWrite(): boolean {
    return this.silentForMs() < stopWritingMs;
  }

  /** For how long the API server has not answered a renewal. */
  silentForMs(): number {
    return passedAtMost(this.#renewedAt, this.#clock());
  }

  /** Aborts when writes are no longer allowed. One signal serves all writes, and a renewal puts its time off. */
  writeSignal(): AbortSignal {
    if (!this.#writes || this.#writes.signal.aborted) {
      this.#writes = new AbortController();
      this.#watchWrites(this.#writes);
    }
    return this.#writes.signal;
  }

  #watchWrites(controller: AbortController): void {
    const remaining = stopWritingMs - this.silentForMs();
    if (!(remaining > 0)) {
      controller.abort(new NoLeaseError());
      return;
    }
    setTimeout(() => this.#watchWrites(controller), Math.min(watchMs, remaining + 1)).unref();
  }

  /** Waits until this process holds the Lease. */
  async acquire(signal: AbortSignal): Promise<void> {
    let seen: { readonly version: string | undefined; readonly at: number } | undefined;
    let told = '';
    for (let failures = 0; ;) {
      signal.throwIfAborted();
      let waitMs = lookMs;
      try {
        const found = await this.#find(signal);
        const version = found?.metadata.resourceVersion;
        if (!seen || seen.version !== version) seen = { version, at: this.#clock().monotonic };
        const other = holderOf(found);
        const free =
          !found ||
          other === '' ||
          this.#clock().monotonic - seen.at >= durationMs ||
          (await this.#holder.isDead(other));
        if (free && (await this.#write(found))) return;
        if (!free && told !== other)
          this.#log.info({ holder: other }, 'another agent holds this cluster; waiting');
        told = other;
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        const trouble = troubleOf(error, failures++, Math.random());
        waitMs = trouble?.retryInMs ?? lookMs;
        this.#log.warn(
          { retryInMs: waitMs },
          `cannot take the Lease: ${trouble?.message ?? errorText(error)}`,
        );
      }
      await delay(waitMs, undefined, { signal });
    }
  }

  /**
   * Renews for ever. Rejects with `LostLeaseError` when another took it, and with `ClusterSetBackError`; errors that
   * waiting may mend are waited out.
   */
  async keep(signal: AbortSignal): Promise<void> {
    for (let startedAt = this.#renewedAt.monotonic; ;) {
      // From the start of the last: a slow answer must not put off the next.
      await delay(Math.max(minPauseMs, startedAt + renewMs - this.#clock().monotonic), undefined, { signal });
      startedAt = this.#clock().monotonic;
      try {
        if (await this.#write(this.#current)) continue;
        const found = await this.#find(signal);
        if (found && holderOf(found) !== this.#holder.identity) {
          this.#renewedAt = never;
          throw new LostLeaseError(`${holderOf(found) || 'another agent'} took over this cluster`);
        }
        if (found && isOlder(versionOf(found), versionOf(this.#current))) {
          this.#renewedAt = never;
          throw new ClusterSetBackError('the cluster was set back to an earlier state: starting anew');
        }
        await this.#write(found);
      } catch (error) {
        if (signal.aborted || error instanceof LostLeaseError || error instanceof ClusterSetBackError)
          throw error;
        const message = troubleOf(error, 0, 0)?.message ?? errorText(error);
        this.#log.warn(`cannot renew the Lease: ${message}`);
      }
    }
  }

  /** Gives it back, so that the next need not wait. */
  async release(): Promise<void> {
    if (!this.#current || !this.mayWrite()) return;
    this.#renewedAt = never;
    const spec = { ...(this.#current.spec as object), holderIdentity: '', leaseDurationSeconds: 1 };
    await this.#kube
      .replace(leases, { namespace: agentNamespace, name: leaseName }, { ...this.#current, spec })
      .catch(() => undefined);
  }

  /** False when somebody else was quicker. */
  async #write(found: KubeObject | undefined): Promise<boolean> {
    const startedAt = this.#clock();
    const time = new Date().toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: this.#holder.identity,
      leaseDurationSeconds: durationMs / 1000,
      acquireTime:
        holderOf(found) === this.#holder.identity
          ? (found?.spec as { acquireTime?: string }).acquireTime
          : time,
      renewTime: time,
    };
    try {
      this.#current = found
        ? await this.#kube.replace(leases, { namespace: agentNamespace, name: leaseName }, { ...found, spec })
        : await this.#create(spec);
      this.#renewedAt = startedAt;
      return true;
    } catch (error) {
      if (error instanceof KubeApiError && (error.status === 409 || error.status === 404)) return false;
      throw error;
    }
  }

  async #create(spec: object): Promise<KubeObject> {
    const lease: KubeObject = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: leaseName, namespace: agentNamespace },
      spec,
    };
    try {
      return await this.#kube.create(leases, agentNamespace, lease);
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.status !== 404) throw error;
      await ensureAgentNamespace(this.#kube);
      return this.#kube.create(leases, agentNamespace, lease);
    }
  }

  async #find(signal: AbortSignal): Promise<KubeObject | undefined> {
    try {
      return await this.#kube.get(leases, { namespace: agentNamespace, name: leaseName }, { signal });
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

function versionOf(lease: KubeObject | undefined): string {
  return lease?.metadata.resourceVersion ?? '';
}

function holderOf(lease: KubeObject | undefined): string {
  return (lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity ?? '';
}

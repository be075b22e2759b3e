import { status } from '@grpc/grpc-js';
import { HubRefused, renew } from '@muster/transport';
import type { Timers } from '@muster/transport';
import { sleep } from './enrolled.ts';
import { IdentityConflict, isIssued } from './identity-store.ts';
import type { IdentityStore, Issued } from './identity-store.ts';
import type { HubLinkOptions } from './options.ts';

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 5 * 60_000;
/** What part of its life a certificate may be renewed later than it could be, at random: a fleet enrolled at once. */
const JITTER = 0.1;
/** Timers hold no more than 2^31 ms. */
const MAX_SLEEP_MS = 12 * 3_600_000;
const PERMISSION_DENIED: number = status.PERMISSION_DENIED;

/**
 * Keeps the certificate fresh: at two thirds of its life, or late, when hub or agent were away then. The open session
 * isn't touched; the next connection uses the new certificate.
 */
export class Renewer {
  #identity: Issued;
  readonly #options: HubLinkOptions;
  readonly #store: IdentityStore;
  readonly #timers: Timers;
  #wake = new AbortController();

  constructor(identity: Issued, options: HubLinkOptions, store: IdentityStore, timers: Timers) {
    this.#identity = identity;
    this.#options = options;
    this.#store = store;
    this.#timers = timers;
  }

  get identity(): Issued {
    return this.#identity;
  }

  /** Renews now: the hub seems not to accept the certificate, whatever our clock says. */
  hurry(): void {
    this.#wake.abort();
  }

  /** Until the signal aborts; resolves with the hub's reason when the cluster was removed. */
  async run(signal: AbortSignal, onRenewed: () => void): Promise<string> {
    for (let failures = 0; ;) {
      await this.#waitUntilDue(failures, signal);
      try {
        await this.#renew();
        failures = 0;
        onRenewed();
      } catch (error) {
        if (error instanceof HubRefused && error.code === PERMISSION_DENIED) return error.message;
        failures++;
        this.#options.log.warn(
          { reason: reasonOf(error), failures },
          'the certificate could not be renewed yet',
        );
      }
    }
  }

  async #waitUntilDue(failures: number, signal: AbortSignal): Promise<void> {
    const { renewAt, expiresAt } = this.#identity.issued;
    const random = (this.#options.random ?? Math.random)();
    // Two thirds have passed at `renewAt`: the last third is half of them.
    const jitter = 3 * Math.max(0, expiresAt - renewAt) * JITTER * random;
    const retry = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
    let due = failures > 0 ? this.#timers.now() + retry : renewAt + jitter;
    // Whoever comes back after a long time must not come later still.
    if (failures === 0 && this.#timers.now() >= renewAt) due = this.#timers.now();
    this.#wake = new AbortController();
    const either = AbortSignal.any([signal, this.#wake.signal]);
    while (this.#timers.now() < due && !this.#wake.signal.aborted) {
      await sleep(Math.min(MAX_SLEEP_MS, due - this.#timers.now()), this.#timers, either).catch(
        () => undefined,
      );
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  }

  async #renew(): Promise<void> {
    const { key, issued } = this.#identity;
    const address = this.#options.enrolmentAddress ?? issued.enrolmentAddress;
    const renewed = await renew(address, { key, ...issued });
    const now = this.#timers.now();
    const { certificate, authorities, sessionAddress, renewInMs, expiresInMs } = renewed;
    const times = { renewAt: now + renewInMs, expiresAt: now + expiresInMs };
    this.#identity = {
      ...this.#identity,
      issued: { ...issued, certificate, authorities, sessionAddress, enrolmentAddress: address, ...times },
    };
    await this.#save();
  }

  /** Where another agent wrote meanwhile, its identity is as good: the same key, or a cluster enrolled anew. */
  async #save(): Promise<void> {
    try {
      await this.#store.save(this.#identity);
    } catch (error) {
      if (!(error instanceof IdentityConflict)) throw error;
      const stored = await this.#store.load();
      if (isIssued(stored)) this.#identity = stored;
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

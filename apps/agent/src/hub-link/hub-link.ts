import { Hello } from '@muster/contracts';
import { connectSession, systemTimers } from '@muster/transport';
import type { AgentLink, AgentRequest, Disconnected, LinkHandlers, Timers } from '@muster/transport';
import type { AgentCore, ClusterFacts, HubLink } from '../hub-port.ts';
import { persist } from '../trouble.ts';
import { obtainIdentity, sleep } from './enrolled.ts';
import { IdentityStore } from './identity-store.ts';
import type { Issued } from './identity-store.ts';
import { encodeFindings, inspectionOf } from './inspections.ts';
import { Offers } from './offers.ts';
import type { HubLinkOptions } from './options.ts';
import { isOutOfReach } from './out-of-reach.ts';
import { Renewer } from './renewer.ts';
import { encodeFacts, encodeStatus } from './wire.ts';

/** So many attempts that reached a hub, without a Welcome, make us doubt the certificate. */
const DOUBTFUL_FAILURES = 3;

const NO_WAY_MS = 60_000;

/** The link to a hub over the agent protocol. Keeps nothing but the identity: all else is the core's. */
export function createHubLink(options: HubLinkOptions): HubLink {
  return {
    async run(core, signal) {
      const timers = options.timers ?? systemTimers;
      const store = new IdentityStore(options.kube);
      try {
        const identity = await identityOf(core, options, store, timers, signal);
        const renewer = new Renewer(identity, options, store, timers);
        const { log, random } = options;
        const facts = await persist("cannot read the cluster's facts", () => core.facts(), {
          log,
          signal,
          wait: (ms, until) => sleep(ms, timers, until),
          ...(random !== undefined && { random }),
        });
        await new RunningLink(options, timers, renewer, core, facts).run(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** An agent that has something to keep keeps it, also where it has no way to a hub any more until a person helps. */
async function identityOf(
  core: AgentCore,
  options: HubLinkOptions,
  store: IdentityStore,
  timers: Timers,
  signal: AbortSignal,
): Promise<Issued> {
  const { log, random = Math.random } = options;
  const { joinToken: _, onTokenNeedless: __, ...others } = options;
  for (let current = options; ;) {
    try {
      return await obtainIdentity(current, store, timers, signal);
    } catch (error) {
      if (signal.aborted || core.held() === undefined) throw error;
      const reason = error instanceof Error ? error.message : 'unknown error';
      log.warn({ reason }, 'there is no way to a hub; the cluster is kept as it was last told');
      await sleep(NO_WAY_MS * (0.5 + random() / 2), timers, signal);
      if (options.newToken) current = { ...others, ...(await options.newToken()) };
    }
  }
}

class RunningLink {
  readonly #options: HubLinkOptions;
  readonly #timers: Timers;
  readonly #renewer: Renewer;
  readonly #core: AgentCore;
  readonly #link: AgentLink;
  readonly #offers: Offers;
  readonly #stop = new AbortController();
  #facts: ClusterFacts;
  #fleet: string;
  #failures = 0;

  constructor(
    options: HubLinkOptions,
    timers: Timers,
    renewer: Renewer,
    core: AgentCore,
    facts: ClusterFacts,
  ) {
    this.#options = options;
    this.#timers = timers;
    this.#renewer = renewer;
    this.#core = core;
    this.#facts = facts;
    this.#fleet = renewer.identity.issued.fleet;
    const { log, random } = options;
    this.#offers = new Offers({ core, timers, log, link: () => this.#link, fleet: () => this.#fleet });
    this.#link = connectSession({
      address: () => options.sessionAddress ?? renewer.identity.issued.sessionAddress,
      identity: () => this.#identity(),
      hello: () => this.#hello(),
      handlers: this.#handlers(),
      timers,
      ...(random !== undefined && { random }),
    });
  }

  /** Resolves when the signal aborts or the cluster was removed. */
  async run(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer, this.#stop.signal]);
    this.#report(false);
    void this.#core.statusesWhole().then(() => this.#report(true));
    this.#core.onStatuses(
      (changed) =>
        this.#link.report({ assignments: changed.map(encodeStatus), emptied: this.#core.emptied() }),
      signal,
    );
    this.#core.onFactsChanged(() => void this.#refreshFacts(), signal);
    try {
      this.#removed(await this.#renewer.run(signal, () => this.#renewed()));
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#stop.abort();
      this.#offers.stop();
      this.#link.close();
    }
  }

  /** `whole` lets the hub forget what isn't in it. */
  #report(whole: boolean): void {
    this.#link.report({
      assignments: this.#core.statuses().map(encodeStatus),
      applied: this.#core.held()?.version,
      emptied: this.#core.emptied(),
      whole,
    });
  }

  #handlers(): LinkHandlers {
    return {
      onDesiredState: (state) => this.#offers.announce(state),
      onRequest: (request, { signal }) => this.#answer(request, signal),
      onRemoved: (reason) => this.#removed(reason),
      onGoneAcknowledged: (bundle) => this.#core.forgetGone(bundle),
      onConnected: ({ session, fleet, hubVersion }) => {
        this.#failures = 0;
        this.#fleet = fleet;
        this.#offers.sessionBegan();
        this.#options.log.info({ session: String(session), hubVersion }, 'connected to the hub');
      },
      onDisconnected: (lost) => this.#disconnected(lost),
    };
  }

  /** `undefined` for what this agent doesn't know. */
  #answer(request: AgentRequest, signal: AbortSignal): AsyncIterable<Uint8Array> | undefined {
    if (request.$case === 'syncNow') {
      const { bundle } = request.value;
      return nothingAfter(this.#core.syncNow(bundle === '' ? undefined : bundle, signal));
    }
    const question = inspectionOf(request);
    return question && encodeFindings(this.#core.inspect(question, signal));
  }

  #disconnected({ reason, retryInMs, wasConnected }: Disconnected): void {
    this.#options.log.warn({ reason, retryInMs }, 'not connected to the hub');
    if (!wasConnected && isOutOfReach(reason)) return;
    this.#failures = wasConnected ? 0 : this.#failures + 1;
    const isDue = this.#timers.now() >= this.#renewer.identity.issued.renewAt;
    if (this.#failures === DOUBTFUL_FAILURES || (this.#failures === 1 && isDue)) this.#renewer.hurry();
  }

  /** An open session goes on; one that didn't come about is tried at once. */
  #renewed(): void {
    this.#options.log.info({}, 'the certificate is renewed');
    if (!this.#link.connected) this.#link.reconnect();
  }

  #removed(reason: string): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#options.log.info({ reason }, 'the hub removed this cluster');
    this.#core.removed(reason);
  }

  #identity() {
    const { key, issued } = this.#renewer.identity;
    return { key, certificate: issued.certificate, authorities: issued.authorities };
  }

  #hello(): Hello {
    const held = this.#core.held();
    const { agentVersion, features, instance } = this.#options;
    return Hello.fromPartial({
      agentVersion,
      features: [...features],
      instance,
      clusterUid: this.#facts.clusterUid,
      facts: encodeFacts(this.#facts),
      ...(held !== undefined && { held: held.version, heldDigest: Buffer.from(held.digest) }),
    });
  }

  async #refreshFacts(): Promise<void> {
    try {
      this.#facts = await this.#core.facts();
      this.#link.facts(encodeFacts(this.#facts));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      this.#options.log.warn({ reason }, "the cluster's facts could not be read");
    }
  }
}

async function* nothingAfter(done: Promise<void>): AsyncGenerator<Uint8Array> {
  await done;
  yield* [];
}

import type { Hello } from '@muster/contracts';
import { compareVersions, formatVersion } from '@muster/manifest';
import { Inject, Injectable } from '@nestjs/common';
import { ClusterRepository, SessionRepository } from '@muster/store';
import type { ConnectDecision, HubSession, Peer, SessionEnd, SessionHandlers } from '@muster/transport';
import type { HubIdentity } from '../bootstrap/identity.ts';
import { DesiredStates } from '../plan/desired-states.ts';
import { plain } from '../status/status-row.ts';
import { StatusWriter } from '../status/status-writer.ts';
import { IDENTITY, LOGGER, type Logger } from '../tokens.ts';
import { Departures } from './departures.ts';
import { unknownCluster } from './enrolment.service.ts';
import { keptFacts } from './facts.ts';
import { Refusals } from './refusals.ts';
import { SessionBook } from './session-book.ts';

const refusedReconnectMs = 60_000;
/** Nothing that an agent does by itself helps here; it stays, and keeps what it runs. */
const unknownReconnectMs = 600_000;

/** Decides who may have a session, and serves it: announces, takes reports in, says what may be fetched. */
@Injectable()
export class AgentGate {
  readonly #clusters: ClusterRepository;
  readonly #sessions: SessionRepository;
  readonly #desired: DesiredStates;
  readonly #statuses: StatusWriter;
  readonly #book: SessionBook;
  readonly #refusals: Refusals;
  readonly #departures: Departures;
  readonly #identity: HubIdentity;
  readonly #logger: Logger;
  #connectionListener: () => void = () => undefined;

  constructor(
    @Inject(ClusterRepository) clusters: ClusterRepository,
    @Inject(SessionRepository) sessions: SessionRepository,
    @Inject(DesiredStates) desired: DesiredStates,
    @Inject(StatusWriter) statuses: StatusWriter,
    @Inject(SessionBook) book: SessionBook,
    @Inject(Refusals) refusals: Refusals,
    @Inject(Departures) departures: Departures,
    @Inject(IDENTITY) identity: HubIdentity,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#clusters = clusters;
    this.#sessions = sessions;
    this.#desired = desired;
    this.#statuses = statuses;
    this.#book = book;
    this.#refusals = refusals;
    this.#departures = departures;
    this.#identity = identity;
    this.#logger = logger;
  }

  /** Hears that sessions began or ended. */
  onConnections(listener: () => void): void {
    this.#connectionListener = listener;
  }

  async connect(peer: Peer, hello: Hello): Promise<ConnectDecision> {
    const opened = await this.#book.open({
      clusterId: peer.clusterId,
      keyId: peer.keyId,
      uid: hello.clusterUid,
      agentVersion: plain(hello.agentVersion),
      features: hello.features.map(plain),
      facts: keptFacts(hello.facts),
    });
    if (opened === undefined) return this.#whyNot(peer, hello);
    return {
      decision: 'accept',
      welcome: { session: opened.session, fleet: this.#identity.fleet, clusterName: opened.name },
      open: (session) => this.#open(session, opened.name),
    };
  }

  async #whyNot(peer: Peer, hello: Hello): Promise<ConnectDecision> {
    const cluster = await this.#clusters.byId(peer.clusterId);
    if (cluster === undefined) {
      this.#logger.warn(
        { cluster: peer.clusterId, address: peer.address },
        `refused a session: ${unknownCluster}`,
      );
      return { decision: 'refuse', message: unknownCluster, reconnectAfterMs: unknownReconnectMs };
    }
    if (cluster.removed) return { decision: 'removed', reason: 'the cluster was removed from the fleet' };
    // A restored copy of another cluster, say: its key is known, and it is not the cluster that the key was made for.
    const message =
      cluster.keyId === peer.keyId
        ? `this certificate is for the cluster with uid ${cluster.uid}, not ${plain(hello.clusterUid)}`
        : `cluster ${cluster.name} has enrolled anew with another key`;
    this.#logger.warn({ cluster: cluster.name, address: peer.address }, `refused a session: ${message}`);
    return { decision: 'refuse', message, reconnectAfterMs: refusedReconnectMs };
  }

  #open(session: HubSession, name: string): SessionHandlers {
    const { clusterId } = session.peer;
    this.#logger.debug({ cluster: name, session: session.session }, 'session began');
    this.#connectionListener();
    void this.announce(session);
    return {
      onReport: async (report) => {
        await this.#statuses.write({ clusterId, session: session.session }, report);
        await this.#refusals.note(clusterId, name, report.refused);
        session.acknowledge(report.sequence);
        if (report.emptied !== undefined) this.#lookForDepartures();
      },
      onFacts: async (facts) => {
        const kept = keptFacts(facts);
        if (kept !== undefined) await this.#sessions.setFacts(clusterId, session.session, kept);
      },
      firstForbidden: (digests) => this.#desired.firstForbidden(clusterId, digests),
      onEnd: (end) => this.#ended(session, name, end),
    };
  }

  /** Whatever fails here is looked for again with the next plan. */
  #lookForDepartures(): void {
    this.#departures
      .look()
      .catch((error: unknown) => this.#logger.error({ err: error }, 'removing emptied clusters failed'));
  }

  #ended(session: HubSession, name: string, end: SessionEnd): void {
    this.#logger.debug({ cluster: name, session: session.session, ...end }, 'session ended');
    this.#book.close({
      clusterId: session.peer.clusterId,
      session: session.session,
      lastSeen: Math.round(session.lastHeard),
    });
    this.#connectionListener();
  }

  /** Sends the cluster's desired state, unless that is exactly what the agent said it holds. */
  async announce(session: HubSession): Promise<void> {
    const { clusterId } = session.peer;
    try {
      const state = await this.#desired.announced(clusterId);
      if (state === undefined) return;
      const { held, heldDigest } = session.hello;
      if (held !== undefined && compareVersions(held, state.version) > 0) {
        this.#logger.error(
          { cluster: clusterId, held: formatVersion(held) },
          'an agent holds a newer desired state than this hub: if its database was restored from a backup, run "muster recover"',
        );
      }
      if (!Buffer.from(heldDigest).equals(state.digest)) session.announce(state);
    } catch (error) {
      this.#logger.error({ err: error, cluster: clusterId }, 'a desired state could not be announced');
      session.close();
    }
  }
}

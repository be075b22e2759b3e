import { Inject, Injectable } from '@nestjs/common';
import { SessionRepository, type Collected, HubRepository } from '@muster/store';
import { type AgentServer, DEFAULT_LIMITS, startAgentServer } from '@muster/transport';
import { ChangeFeed } from '../api/index.ts';
import type { HubIdentity } from '../bootstrap/identity.ts';
import type { HubConfig } from '../config/settings.ts';
import { ContentStore } from '../content/content-store.ts';
import { GitService } from '../git/git.service.ts';
import { DesiredStates } from '../plan/desired-states.ts';
import { PlannerService } from '../plan/planner.service.ts';
import { Advertised } from '../sessions/advertised.ts';
import { AgentGate } from '../sessions/agent-gate.ts';
import { Departures } from '../sessions/departures.ts';
import { EnrolmentService } from '../sessions/enrolment.service.ts';
import { SessionBook } from '../sessions/session-book.ts';
import { type SessionPlace, SessionPlaces } from '../sessions/session-places.ts';
import { SyncRequests } from '../sessions/sync-requests.ts';
import { StatusWriter } from '../status/status-writer.ts';
import { CLOCK, type Clock, CONFIG, IDENTITY, LOGGER, type Logger } from '../tokens.ts';
import { hubVersion } from '../version.ts';
import { Bus } from './bus.ts';
import { closeAll } from './close-all.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { Leadership } from './leadership.ts';
import { Schedule } from './schedule.ts';

const heartbeatMs = 5_000;
/** Whatever woke the planner in vain, or reached no replica that leads, is planned after this. */
const planMs = 30_000;
const garbageMs = 3_600_000;
const serverCertificateMs = 24 * 3_600_000;
const graceMs = 2_000;
const reconnectAfterMs = 1_000;

/** Ties the parts together, starts them in order, and stops them in the opposite one. */
@Injectable()
export class HubRuntime {
  readonly #config: HubConfig;
  readonly #identity: HubIdentity;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hub: HubRepository;
  readonly #sessions: SessionRepository;
  readonly #contents: ContentStore;
  readonly #desired: DesiredStates;
  readonly #planner: PlannerService;
  readonly #git: GitService;
  readonly #gate: AgentGate;
  readonly #enrolment: EnrolmentService;
  readonly #book: SessionBook;
  readonly #statuses: StatusWriter;
  readonly #advertised: Advertised;
  readonly #bus: Bus;
  readonly #leadership: Leadership;
  readonly #garbage: GarbageCollector;
  readonly #syncs: SyncRequests;
  readonly #places: SessionPlaces;
  readonly #departures: Departures;
  readonly #feed: ChangeFeed;
  readonly #schedule = new Schedule();
  #server: AgentServer | undefined;
  #address: string | undefined;

  constructor(
    @Inject(CONFIG) config: HubConfig,
    @Inject(IDENTITY) identity: HubIdentity,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Inject(HubRepository) hub: HubRepository,
    @Inject(SessionRepository) sessions: SessionRepository,
    @Inject(ContentStore) contents: ContentStore,
    @Inject(DesiredStates) desired: DesiredStates,
    @Inject(PlannerService) planner: PlannerService,
    @Inject(GitService) git: GitService,
    @Inject(AgentGate) gate: AgentGate,
    @Inject(EnrolmentService) enrolment: EnrolmentService,
    @Inject(SessionBook) book: SessionBook,
    @Inject(StatusWriter) statuses: StatusWriter,
    @Inject(Advertised) advertised: Advertised,
    @Inject(Bus) bus: Bus,
    @Inject(Leadership) leadership: Leadership,
    @Inject(GarbageCollector) garbage: GarbageCollector,
    @Inject(SyncRequests) syncs: SyncRequests,
    @Inject(SessionPlaces) places: SessionPlaces,
    @Inject(Departures) departures: Departures,
    @Inject(ChangeFeed) feed: ChangeFeed,
  ) {
    this.#config = config;
    this.#identity = identity;
    this.#clock = clock;
    this.#logger = logger;
    this.#hub = hub;
    this.#sessions = sessions;
    this.#contents = contents;
    this.#desired = desired;
    this.#planner = planner;
    this.#git = git;
    this.#gate = gate;
    this.#enrolment = enrolment;
    this.#book = book;
    this.#statuses = statuses;
    this.#advertised = advertised;
    this.#bus = bus;
    this.#leadership = leadership;
    this.#garbage = garbage;
    this.#syncs = syncs;
    this.#places = places;
    this.#departures = departures;
    this.#feed = feed;
  }

  get server(): AgentServer {
    if (this.#server === undefined) throw new Error('the hub has not started');
    return this.#server;
  }

  /** How long a session may be silent. */
  get leaseMs(): number {
    return DEFAULT_LIMITS.leaseMs;
  }

  /** Rejects when a port is taken. */
  async start(): Promise<void> {
    await this.#hub.addReplica(this.#bus.replica, hubVersion, this.#config['database-url'] === undefined);
    this.#book.as(this.#bus.replica);
    await this.#desired.refresh();
    this.#connect();
    this.#server = await startAgentServer({
      sessions: { host: this.#config['listen-host'], port: this.#config['session-port'] },
      enrolment: { host: this.#config['listen-host'], port: this.#config['enrolment-port'] },
      tls: await this.#serverTls(),
      handlers: {
        enrol: (attempt) => this.#enrolment.enrol(attempt),
        renew: (attempt) => this.#enrolment.renew(attempt),
        connect: (peer, hello) => this.#gate.connect(peer, hello),
        certificateExpiry: (peer) => this.#enrolment.certificateExpiry(peer),
        onProblem: ({ cause, ...problem }) => this.#logger.warn({ err: cause, ...problem }, problem.message),
      },
      blobs: this.#contents,
      hubVersion,
      limits: { enrolmentsPerMinute: this.#config['enrolments-per-minute'] },
    });
    this.#advertised.listening({
      sessions: this.#server.sessionsPort,
      enrolment: this.#server.enrolmentPort,
    });
    await this.#bus.listen();
    this.#startSchedule();
    await this.#leadership.campaign();
  }

  /** Has desired states planned: here, or by the replica that does that. */
  async requestPlan(): Promise<void> {
    if (!this.#leadership.leads) return this.#bus.wake('plan');
    await this.#planner.plan();
    // Who has nothing to delete is told nothing new, and so says nothing new.
    await this.#departures.look();
  }

  /** As `requestPlan`, for those who don't wait. */
  wakePlanner(): void {
    this.#background('planning', () => this.requestPlan());
  }

  /**
   * Has the fleet repo looked at; resolves when what was found is planned, if this replica does that. Answers the
   * newest commit that was resolved here.
   */
  async requestLook(): Promise<string | undefined> {
    if (!this.#leadership.leads) {
      await this.#bus.wake('git');
      return undefined;
    }
    await this.#git.look();
    return this.#git.resolvedSha;
  }

  /** Tells the other replicas where the HTTP API of this one is. */
  async reachableAt(address: string): Promise<void> {
    this.#address = address;
    await this.#beat();
  }

  /** Where the session of a cluster (id) is. */
  locate(clusterId: string): Promise<SessionPlace> {
    return this.#places.locate(this.server, clusterId, this.leaseMs);
  }

  /** Has agents check everything now; answers the clusters that are connected, here or to another replica. */
  requestSync(clusterIds: readonly string[], bundle: string | undefined): Promise<readonly string[]> {
    return this.#syncs.request(this.server, clusterIds, bundle ?? '', this.leaseMs);
  }

  /** Deletes what nothing has referred to for a day. */
  collectGarbage(): Promise<Collected> {
    return this.#garbage.collect();
  }

  /** Ends the session of a cluster that was removed, wherever it is. */
  endRemoved(clusterId: string): void {
    this.#endHere(clusterId);
    this.#background('telling other replicas', () => this.#bus.wake('clusters'));
  }

  /** Says goodbye to the agents and lets everything that began come to its end, also when a part of it fails. */
  async stop(): Promise<void> {
    this.#schedule.stop();
    await closeAll([
      async () => this.#server?.close({ graceMs, reconnectAfterMs }),
      () => this.#git.close(),
      () => this.#planner.close(),
      () => this.#statuses.idle(),
      () => this.#book.idle(),
      () => this.#hub.removeReplica(this.#bus.replica),
      () => this.#leadership.close(),
      () => this.#bus.close(),
    ]);
  }

  #beat(): Promise<void> {
    return this.#hub.heartbeat(this.#bus.replica, hubVersion, this.#address);
  }

  #connect(): void {
    this.#planner.onStored((clusterIds) => {
      this.#announce(clusterIds);
      this.#feed.changed(['clusters', 'bundles', 'assignments', 'objects', 'status']);
      void this.#bus.wake('desired');
    });
    this.#departures.onLeft((clusterId) => {
      this.#feed.changed(['clusters', 'bundles', 'assignments', 'objects', 'status']);
      this.endRemoved(clusterId);
    });
    this.#enrolment.onEnrolled(() => {
      this.#feed.changed(['clusters', 'status']);
      this.#background('planning', () => this.requestPlan());
    });
    this.#gate.onConnections(() => this.#feed.changed(['clusters', 'assignments', 'status']));
    this.#statuses.onWritten(() =>
      this.#feed.changed(['clusters', 'bundles', 'assignments', 'objects', 'status']),
    );
    this.#git.onChanged(() => this.#feed.changed(['revisions', 'bundles', 'status']));
    this.#bus.on('plan', () =>
      this.#background('planning', () => this.#ifLeading(() => this.#planner.plan())),
    );
    this.#bus.on('git', () =>
      this.#background('looking at the repo', () => this.#ifLeading(() => this.#git.look())),
    );
    this.#bus.on('desired', () => this.#background('reading desired states', () => this.#catchUp()));
    this.#bus.on('sync', () =>
      this.#background('asking agents to sync', () => this.#syncs.serve(this.server)),
    );
    this.#bus.on('clusters', () => this.#background('ending sessions', () => this.#reconcileSessions()));
    this.#leadership.onGained(() =>
      this.#background('taking the lead', async () => {
        await this.#guarded('planning', () => this.#planner.plan());
        await this.#git.look();
      }),
    );
  }

  #startSchedule(): void {
    this.#schedule.every(heartbeatMs, () =>
      this.#guarded('the heartbeat', async () => {
        await this.#beat();
        await this.#catchUp();
        await this.#reconcileSessions();
        await this.#syncs.serve(this.server);
      }),
    );
    this.#schedule.every(planMs, () =>
      this.#guarded('planning', () =>
        this.#ifLeading(async () => {
          await this.#planner.plan();
          await this.#departures.look();
        }),
      ),
    );
    this.#schedule.every(this.#config['git-poll-interval'], () =>
      this.#guarded('looking at the repo', () => this.#ifLeading(() => this.#git.look())),
    );
    this.#schedule.every(garbageMs, () =>
      this.#guarded('collecting garbage', () =>
        this.#ifLeading(async () => void (await this.collectGarbage())),
      ),
    );
    this.#schedule.every(serverCertificateMs, () =>
      this.#guarded('renewing the server certificate', async () =>
        this.#server?.setTls(await this.#serverTls()),
      ),
    );
  }

  #announce(clusterIds: readonly string[]): void {
    for (const clusterId of clusterIds) {
      const session = this.#server?.session(clusterId);
      if (session !== undefined) void this.#gate.announce(session);
    }
  }

  /** Announces what other replicas have planned. */
  async #catchUp(): Promise<void> {
    const changed = await this.#desired.refresh();
    this.#announce(changed);
    if (changed.length > 0) this.#feed.changed(['clusters', 'bundles', 'assignments', 'objects', 'status']);
  }

  /** Ends what a removal did not reach: it was told to nobody, or the session was about to begin. */
  async #reconcileSessions(): Promise<void> {
    const live = [...this.server.sessions()].map((session) => session.peer.clusterId);
    const removed = await this.#sessions.reconcileSessions(this.#bus.replica, live, this.leaseMs);
    for (const clusterId of removed) this.#endHere(clusterId);
  }

  #endHere(clusterId: string): void {
    this.#desired.forget(clusterId);
    this.server.session(clusterId)?.removed('the cluster was removed from the fleet');
  }

  async #ifLeading(work: () => Promise<void>): Promise<void> {
    if (this.#leadership.leads) await work();
  }

  #background(what: string, work: () => Promise<void>): void {
    void this.#guarded(what, work);
  }

  /** What runs by itself has nobody to tell but the log; it is tried again in its time. */
  async #guarded(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#logger.error({ err: error }, `${what} failed`);
    }
  }

  async #serverTls() {
    const { authority } = this.#identity;
    const issued = await authority.issueServerCertificate(this.#clock());
    return {
      key: issued.keyPem,
      certificateChain: issued.certificatePem + authority.certificatePem,
      clientCas: authority.certificatePem,
    };
  }
}

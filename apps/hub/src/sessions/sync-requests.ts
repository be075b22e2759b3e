import { Inject, Injectable } from '@nestjs/common';
import { ChangeRepository, SessionRepository } from '@muster/store';
import type { AgentServer } from '@muster/transport';
import { Bus } from '../lifecycle/bus.ts';
import { LOGGER, type Logger } from '../tokens.ts';

/** What an agent is given to check everything. */
const answerPatienceMs = 60_000;
/** A replica that has the session looks every few seconds; a request that is older was for a session that is over. */
const requestPatienceMs = 30_000;

/** Has agents check everything now, whichever replica has their sessions. */
@Injectable()
export class SyncRequests {
  readonly #changes: ChangeRepository;
  readonly #sessions: SessionRepository;
  readonly #bus: Bus;
  readonly #logger: Logger;

  constructor(
    @Inject(ChangeRepository) changes: ChangeRepository,
    @Inject(SessionRepository) sessions: SessionRepository,
    @Inject(Bus) bus: Bus,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#changes = changes;
    this.#sessions = sessions;
    this.#bus = bus;
    this.#logger = logger;
  }

  /** Asks the agents that are connected to any replica; answers their clusters. `bundle`: '' for all. */
  async request(
    server: AgentServer,
    clusterIds: readonly string[],
    bundle: string,
    leaseMs: number,
  ): Promise<readonly string[]> {
    const here = clusterIds.filter((id) => server.session(id) !== undefined);
    for (const id of here) void this.#ask(server, id, bundle);
    const others = clusterIds.filter((id) => !here.includes(id));
    const elsewhere = await this.#sessions.connectedElsewhere(others, this.#bus.replica, leaseMs);
    if (elsewhere.length > 0) {
      await this.#changes.requestSync(elsewhere, bundle);
      await this.#bus.wake('sync');
    }
    return [...here, ...elsewhere];
  }

  /** Asks the agents that have their session here what other replicas were told to ask them. */
  async serve(server: AgentServer): Promise<void> {
    const live = [...server.sessions()].map((session) => session.peer.clusterId);
    for (const { clusterId, bundle } of await this.#changes.takeSyncRequests(live, requestPatienceMs)) {
      void this.#ask(server, clusterId, bundle);
    }
  }

  /** Never rejects. What the agent found comes by its reports. */
  async #ask(server: AgentServer, clusterId: string, bundle: string): Promise<void> {
    const session = server.session(clusterId);
    if (session === undefined) return;
    try {
      const answer = session.request(
        { $case: 'syncNow', value: { bundle } },
        { signal: AbortSignal.timeout(answerPatienceMs) },
      );
      for await (const chunk of answer)
        this.#logger.trace({ cluster: clusterId, bytes: chunk.length }, 'part of an answer');
    } catch (error) {
      // An agent that is too old for the request, or that left meanwhile, checks in its own time.
      this.#logger.debug({ err: error, cluster: clusterId }, 'an agent did not sync');
    }
  }
}

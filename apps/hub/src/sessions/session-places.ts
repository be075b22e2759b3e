import { SessionRepository } from '@muster/store';
import type { AgentServer } from '@muster/transport';
import { Inject, Injectable } from '@nestjs/common';
import type { SessionPlace } from '../api/index.ts';
import { Bus } from '../lifecycle/bus.ts';

export type { SessionPlace } from '../api/index.ts';

/** Knows which replica has a cluster's session. */
@Injectable()
export class SessionPlaces {
  readonly #sessions: SessionRepository;
  readonly #bus: Bus;

  constructor(@Inject(SessionRepository) sessions: SessionRepository, @Inject(Bus) bus: Bus) {
    this.#sessions = sessions;
    this.#bus = bus;
  }

  async locate(server: AgentServer, clusterId: string, leaseMs: number): Promise<SessionPlace> {
    const session = server.session(clusterId);
    if (session !== undefined) return { where: 'here', session };
    const other = await this.#sessions.replicaOf(clusterId, this.#bus.replica, leaseMs);
    return other === undefined ? { where: 'nowhere' } : { where: 'elsewhere', address: other.address };
  }
}

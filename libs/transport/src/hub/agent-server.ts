import { EnrolmentServiceService } from '@muster/contracts';
import type { AgentServer, AgentServerOptions, HubSession, ServerTls, TransportProblem } from '../port.ts';
import { DEFAULT_LIMITS, MAX_ENROLMENT_MESSAGE_BYTES, MAX_SESSION_MESSAGE_BYTES } from '../shared/limits.ts';
import { systemTimers } from '../shared/timers.ts';
import type { Timers } from '../shared/timers.ts';
import { hubSessionService } from '../shared/wire.ts';
import { AnswerCache } from './answer-cache.ts';
import { EnrolmentService } from './enrolment-service.ts';
import { FetchService } from './fetch-service.ts';
import { Listener } from './listener.ts';
import { RateLimit } from './rate-limit.ts';
import { SessionService } from './session-service.ts';
import { Sessions } from './sessions.ts';

const SESSION_IDLE_MS = 60_000;
const ENROLMENT_IDLE_MS = 15_000;
const MAX_ENROLMENT_CONNECTIONS = 1_000;

/** Serves the agent protocol: sessions and enrolment, each at its own listener. */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timers = options.timers ?? systemTimers;
  const { handlers, tls } = options;
  const problem = (noticed: TransportProblem) => handlers.onProblem?.(noticed);
  const { maxConnectionsPerAddress } = limits;

  const sessionListener = new Listener({
    address: options.sessions,
    tls,
    requireClientCertificate: true,
    maxMessageBytes: MAX_SESSION_MESSAGE_BYTES,
    maxConcurrentStreams: 2 + limits.maxFetchesPerSession,
    idleMs: SESSION_IDLE_MS,
    maxConnectionsPerAddress,
    // A reconnecting agent may overlap with its former connection.
    maxConnections: 2 * limits.maxSessions,
  });
  const enrolmentListener = new Listener({
    address: options.enrolment,
    tls,
    requireClientCertificate: false,
    maxMessageBytes: MAX_ENROLMENT_MESSAGE_BYTES,
    maxConcurrentStreams: 2,
    idleMs: ENROLMENT_IDLE_MS,
    maxConnectionsPerAddress: Math.min(maxConnectionsPerAddress, MAX_ENROLMENT_CONNECTIONS),
    maxConnections: MAX_ENROLMENT_CONNECTIONS,
  });

  const sessions = new Sessions({
    limits,
    timers,
    handlers,
    problem,
    cut: (address) => sessionListener.cut(address),
  });
  const answers = new AnswerCache(options.blobs, limits.fetchCacheBytes);
  const { hubVersion } = options;
  const service = new SessionService({ handlers, sessions, limits, timers, hubVersion, problem });
  const { fetch } = new FetchService({ sessions, answers, limits, problem });
  sessionListener.grpc.addService(hubSessionService, { connect: service.connect, fetch });
  const rate = new RateLimit(limits.enrolmentsPerMinute, () => timers.now());
  const { enrol, renew } = new EnrolmentService(handlers, rate, problem);
  enrolmentListener.grpc.addService(EnrolmentServiceService, { enrol, renew });

  const server = new RunningAgentServer(sessions, sessionListener, enrolmentListener, timers);
  try {
    await sessionListener.listen();
    await enrolmentListener.listen();
  } catch (error) {
    server.destroy();
    throw error;
  }
  return server;
}

class RunningAgentServer implements AgentServer {
  readonly #sessions: Sessions;
  readonly #sessionListener: Listener;
  readonly #enrolmentListener: Listener;
  readonly #timers: Timers;

  constructor(sessions: Sessions, sessionListener: Listener, enrolmentListener: Listener, timers: Timers) {
    this.#sessions = sessions;
    this.#sessionListener = sessionListener;
    this.#enrolmentListener = enrolmentListener;
    this.#timers = timers;
  }

  get sessionsPort(): number {
    return this.#sessionListener.port;
  }

  get enrolmentPort(): number {
    return this.#enrolmentListener.port;
  }

  session(clusterId: string): HubSession | undefined {
    return this.#sessions.get(clusterId);
  }

  sessions(): IterableIterator<HubSession> {
    return this.#sessions.all();
  }

  setTls(tls: ServerTls): void {
    this.#sessionListener.setTls(tls);
    this.#enrolmentListener.setTls(tls);
  }

  async close({ graceMs, reconnectAfterMs }: { graceMs: number; reconnectAfterMs: number }): Promise<void> {
    this.#sessionListener.stopAccepting();
    this.#enrolmentListener.stopAccepting();
    this.#sessions.goodbye(reconnectAfterMs);
    await this.#allGone(graceMs);
    this.destroy();
  }

  destroy(): void {
    this.#sessions.stop();
    this.#sessionListener.destroy();
    this.#enrolmentListener.destroy();
  }

  #allGone(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(graceMs, resolve);
      void this.#sessionListener.allClosed().then(() => {
        cancel();
        resolve();
      });
    });
  }
}

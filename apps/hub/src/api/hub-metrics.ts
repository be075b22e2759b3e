import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the hub counts, for Prometheus. One registry of its own: two hubs in a process don't meet. */
export class HubMetrics {
  readonly registry = new Registry();
  readonly #sessions: Gauge;
  #countSessions: () => number = () => 0;

  readonly revisions = new Counter({
    name: 'muster_revisions_total',
    help: 'Commits of the fleet repo that were resolved, by outcome.',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });
  readonly planSeconds = new Histogram({
    name: 'muster_plan_duration_seconds',
    help: 'How long it took to plan all desired states and store what changed.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly httpSeconds = new Histogram({
    name: 'muster_http_request_duration_seconds',
    help: 'How long requests took, by route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#sessions = new Gauge({
      name: 'muster_agent_sessions',
      help: 'Open sessions of agents at this replica.',
      registers: [this.registry],
      collect: () => this.#sessions.set(this.#countSessions()),
    });
  }

  /** Asked at each scrape. */
  countSessionsBy(count: () => number): void {
    this.#countSessions = count;
  }
}

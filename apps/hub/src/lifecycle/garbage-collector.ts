import { Inject, Injectable } from '@nestjs/common';
import { type Collected, GarbageRepository } from '@muster/store';
import { PlannerService } from '../plan/planner.service.ts';
import { ResolveLane } from '../resolve/resolve-lane.ts';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.ts';

/** How long what nothing refers to is kept. */
const graceMs = 24 * 3_600_000;

/** Deletes what nothing has referred to for a day. */
@Injectable()
export class GarbageCollector {
  readonly #repository: GarbageRepository;
  readonly #planner: PlannerService;
  readonly #lane: ResolveLane;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    @Inject(GarbageRepository) repository: GarbageRepository,
    @Inject(PlannerService) planner: PlannerService,
    @Inject(ResolveLane) lane: ResolveLane,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#repository = repository;
    this.#planner = planner;
    this.#lane = lane;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** While neither a commit is resolved nor a plan is made: what is unreferenced stays so until it is gone. */
  async collect(): Promise<Collected> {
    const now = this.#clock();
    const collected = await this.#lane.run(() =>
      this.#planner.exclusively(() => this.#repository.collect(new Date(now), new Date(now - graceMs))),
    );
    const { contents, manifests, objects } = collected;
    if (contents + manifests + objects > 0)
      this.#logger.info(collected, 'deleted what nothing refers to any more');
    return collected;
  }
}

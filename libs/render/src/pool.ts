import { RenderWorkerError } from './errors.ts';
import type { RenderOutcome, RenderRequest, Renderer } from './port.ts';
import type { RenderLimits } from './wire.ts';
import { type WorkerEvents, WorkerProcess } from './worker-process.ts';

export interface PoolOptions {
  readonly workerPath: string;
  /** Processes, from 1; all but the first start when there is work for them. */
  readonly workers: number;
  /** How long one render may take before its worker is replaced and the render refused. */
  readonly timeLimitMs: number;
  /** Soft limit of one worker's heap. */
  readonly memoryMib: number;
}

interface Job {
  readonly id: number;
  readonly request: RenderRequest;
  readonly resolve: (outcome: RenderOutcome) => void;
  readonly reject: (error: Error) => void;
  /** It ran in a worker that died, so it runs alone from then on: the next death is its own. */
  suspect: boolean;
  timer?: NodeJS.Timeout;
}

interface Slot {
  worker?: WorkerProcess;
  readonly running: Map<number, Job>;
}

/** Renders that one worker has at a time: enough to keep it busy, few enough that its death costs little. */
const perWorker = 4;

/**
 * Spreads renders over a few long-lived workers. The rest wait in a queue here, in the order in which they came; a
 * caller that awaits its renders is thereby slowed to what the workers can do.
 */
export class RenderPool implements Renderer {
  readonly engineVersion: string;
  readonly #limits: RenderLimits;
  readonly #options: PoolOptions;
  readonly #slots: Slot[];
  readonly #queue: Job[] = [];
  #lastId = 0;
  #closed = false;

  /** Starts the first worker, since it alone knows its version and limits. */
  static async start(options: PoolOptions): Promise<RenderPool> {
    const events: { current: WorkerEvents } = {
      current: { onOutcome: () => undefined, onExit: () => undefined },
    };
    const first = new WorkerProcess(options.workerPath, options.memoryMib, {
      onOutcome: (id, outcome) => events.current.onOutcome(id, outcome),
      onExit: (reason, hadStarted) => events.current.onExit(reason, hadStarted),
    });
    const hello = await first.hello;
    const pool = new RenderPool(options, hello.engineVersion, hello.limits);
    pool.#slots[0]!.worker = first;
    events.current = pool.#eventsOf(pool.#slots[0]!);
    return pool;
  }

  private constructor(options: PoolOptions, engineVersion: string, limits: RenderLimits) {
    this.#options = options;
    this.engineVersion = engineVersion;
    this.#limits = limits;
    this.#slots = Array.from({ length: Math.max(1, options.workers) }, () => ({
      running: new Map<number, Job>(),
    }));
  }

  async render(
    request: RenderRequest,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<RenderOutcome> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#closed) throw new RenderWorkerError('The renderer is closed');
    const refusal = tooLarge(request, this.#limits);
    if (refusal !== undefined) return refusal;
    const id = ++this.#lastId;
    const outcome = new Promise<RenderOutcome>((resolve, reject) => {
      this.#queue.push({ id, request, resolve, reject, suspect: false });
    });
    const abort = () => this.#abandon(id, signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#dispatch();
    return outcome.finally(() => signal?.removeEventListener('abort', abort));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new RenderWorkerError('The renderer is closed');
    for (const job of this.#queue.splice(0)) job.reject(error);
    const workers = this.#slots.flatMap(({ worker }) => worker ?? []);
    for (const slot of this.#slots) {
      for (const id of slot.running.keys()) this.#finish(slot, id)?.reject(error);
      delete slot.worker;
    }
    await Promise.all(workers.map((worker) => worker.end()));
  }

  #dispatch(): void {
    for (let job = this.#queue[0]; job !== undefined && !this.#closed; job = this.#queue[0]) {
      const slot = this.#slotFor(job);
      if (slot === undefined) return;
      this.#queue.shift();
      this.#start(slot, job);
    }
  }

  #slotFor(job: Job): Slot | undefined {
    const capacity = job.suspect ? 1 : perWorker;
    const open = this.#slots.filter(
      ({ running }) => running.size < capacity && ![...running.values()].some(({ suspect }) => suspect),
    );
    return open.sort((a, b) => a.running.size - b.running.size || Number(!a.worker) - Number(!b.worker))[0];
  }

  #start(slot: Slot, job: Job): void {
    slot.worker ??= new WorkerProcess(
      this.#options.workerPath,
      this.#options.memoryMib,
      this.#eventsOf(slot),
    );
    slot.running.set(job.id, job);
    job.timer = setTimeout(() => this.#timedOut(slot, job), this.#options.timeLimitMs);
    job.timer.unref();
    slot.worker.send(job.id, job.request);
  }

  #eventsOf(slot: Slot): WorkerEvents {
    return {
      onOutcome: (id, outcome) => {
        this.#finish(slot, id)?.resolve(outcome);
        this.#dispatch();
      },
      onExit: (reason, hadStarted) => this.#exited(slot, reason, hadStarted),
    };
  }

  #finish(slot: Slot, id: number): Job | undefined {
    const job = slot.running.get(id);
    clearTimeout(job?.timer);
    slot.running.delete(id);
    return job;
  }

  /** Which render killed the worker isn't known, so each gets one more try, alone. */
  #exited(slot: Slot, reason: string, hadStarted: boolean): void {
    delete slot.worker;
    const jobs = [...slot.running.keys()].flatMap((id) => this.#finish(slot, id) ?? []);
    for (const job of jobs.filter(({ suspect }) => suspect)) {
      const message = `The render worker died twice on this source: ${reason}`;
      job.reject(new RenderWorkerError(message, { ofSource: hadStarted }));
    }
    const again = jobs.filter(({ suspect }) => !suspect);
    for (const job of again) job.suspect = true;
    this.#queue.unshift(...again);
    this.#dispatch();
  }

  /** Here the guilty one is known; the others were only there. */
  #timedOut(slot: Slot, job: Job): void {
    this.#finish(slot, job.id);
    const others = [...slot.running.keys()].flatMap((id) => this.#finish(slot, id) ?? []);
    this.#queue.unshift(...others);
    const seconds = this.#options.timeLimitMs / 1000;
    job.resolve(refused(`The source takes longer to render than ${seconds} s`));
    const { worker } = slot;
    delete slot.worker;
    worker?.kill('a render took too long');
    this.#dispatch();
  }

  #abandon(id: number, reason: unknown): void {
    const error = reason instanceof Error ? reason : new RenderWorkerError('The render was cancelled');
    const waiting = this.#queue.findIndex((job) => job.id === id);
    if (waiting >= 0) this.#queue.splice(waiting, 1)[0]!.reject(error);
    const slot = this.#slots.find(({ running }) => running.has(id));
    if (slot === undefined) return;
    slot.worker?.cancel(id);
    this.#finish(slot, id)?.reject(error);
    this.#dispatch();
  }
}

function tooLarge(request: RenderRequest, limits: RenderLimits): RenderOutcome | undefined {
  const bytes = request.files.reduce((sum, { data }) => sum + data.length, 0);
  if (request.files.length > limits.files) {
    return refused(`The source has ${request.files.length} files; ${limits.files} are the limit`);
  }
  if (bytes > limits.inputBytes) {
    const mebibytes = (size: number) => Math.ceil(size / 1024 / 1024);
    return refused(
      `The source has ${mebibytes(bytes)} MiB; ${mebibytes(limits.inputBytes)} MiB are the limit`,
    );
  }
  return undefined;
}

function refused(message: string): RenderOutcome {
  return { kind: 'refused', problems: [{ path: '', message }] };
}

import type { Report, Version } from '@muster/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { type StatusBatch, StatusRepository, type StatusRow } from '@muster/store';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.ts';
import { bounded, plain, statusRow } from './status-row.ts';

export interface ReportingSession {
  readonly clusterId: string;
  readonly session: bigint;
}

interface PendingReport {
  readonly from: ReportingSession;
  readonly report: Report;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what agents report. While one batch is being written the next gathers, so that a lone report waits for
 * nothing and a flood of them costs few statements.
 */
@Injectable()
export class StatusWriter {
  readonly #repository: StatusRepository;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pending: PendingReport[] = [];
  #writing: Promise<void> | undefined;
  #listener: () => void = () => undefined;

  constructor(
    @Inject(StatusRepository) repository: StatusRepository,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#repository = repository;
    this.#clock = clock;
    this.#logger = logger;
  }

  onWritten(listener: () => void): void {
    this.#listener = listener;
  }

  /** Resolves when the report is durable: then, and not before, it may be acknowledged. */
  write(from: ReportingSession, report: Report): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ from, report, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  async idle(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // Reports that arrive in the same turn of the event loop belong together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const reports = this.#pending;
      this.#pending = [];
      await this.#writeAll(reports);
    }
    this.#writing = undefined;
  }

  async #writeAll(reports: readonly PendingReport[]): Promise<void> {
    try {
      await this.#repository.write(batchOf(reports, this.#clock()));
      for (const report of reports) report.resolve();
    } catch (error) {
      if (reports.length === 1) {
        reports[0]?.reject(error);
        return;
      }
      // One report that can't be written must not take the others with it.
      this.#logger.warn(
        { err: error, reports: reports.length },
        'a batch of reports failed: writing them one by one',
      );
      for (const report of reports) await this.#writeAll([report]);
      return;
    }
    this.#listener();
  }
}

/** The newest of what each session said of each bundle. */
export function batchOf(
  reports: readonly { readonly from: ReportingSession; readonly report: Report }[],
  now: number,
): StatusBatch {
  const statuses = new Map<string, StatusRow>();
  const gone = new Map<string, StatusBatch['gone'][number]>();
  const complete = new Map<string, StatusBatch['complete'][number]>();
  const applied = new Map<string, StatusBatch['applied'][number]>();
  const emptied = new Map<string, StatusBatch['emptied'][number]>();
  for (const { from, report } of reports) {
    const session = from.session.toString();
    for (const status of report.assignments) {
      const key = `${from.clusterId} ${status.bundle}`;
      if (status.gone) {
        statuses.delete(key);
        gone.set(key, { cluster_id: from.clusterId, session, bundle: plain(status.bundle) });
      } else {
        gone.delete(key);
        statuses.set(key, statusRow({ ...from, sequence: report.sequence }, status, now));
      }
    }
    if (report.complete) complete.set(from.clusterId, { cluster_id: from.clusterId, session });
    const version = ({ epoch, generation }: Version): StatusBatch['applied'][number] => ({
      cluster_id: from.clusterId,
      session,
      epoch: bounded(epoch),
      generation: bounded(generation),
    });
    if (report.applied !== undefined) applied.set(from.clusterId, version(report.applied));
    if (report.emptied !== undefined) emptied.set(from.clusterId, version(report.emptied));
  }
  return {
    statuses: [...statuses.values()],
    gone: [...gone.values()],
    complete: [...complete.values()],
    applied: [...applied.values()],
    emptied: [...emptied.values()],
  };
}

import type {
  Assignment,
  Bundle,
  Cluster,
  Drift,
  FleetEvent,
  FleetObject,
  JoinToken,
  Page,
  Pause,
  Revision,
} from '@muster/api';
import type { Sql } from '../sql.ts';
import { assignmentSource, type AssignmentListRow, toAssignment } from './assignment-list.ts';
import { type BundleListRow, bundleSource, toBundle } from './bundle-list.ts';
import { type ClusterRow, clusterSource, toCluster } from './cluster-list.ts';
import { printCursor } from './cursor.ts';
import { type DriftListRow, driftSource, toDrift } from './drift-list.ts';
import { type EventListRow, eventSource, toEvent } from './event-list.ts';
import { type JoinTokenListRow, joinTokenSource, toJoinToken } from './join-token-list.ts';
import type { ListRequest, ListSource, QueryIssue } from './list-source.ts';
import { listStatement } from './list-statement.ts';
import type { Liveness } from './liveness.ts';
import { type ObjectListRow, objectSource, toObject } from './object-list.ts';
import { type PauseListRow, pauseSource, toPause } from './pause-list.ts';
import { type RevisionListRow, revisionSource, toRevision } from './revision-list.ts';

export interface FleetQueriesOptions {
  /** Silence for so long makes a cluster's status Unknown: what the sessions' listener ends a session after. */
  readonly leaseMs: number;
  readonly liveness: Liveness;
}

export type PageOutcome<Item> =
  | { readonly outcome: 'page'; readonly page: Page<Item> }
  | { readonly outcome: 'refused'; readonly issues: readonly QueryIssue[] };

/** What the API reads of the fleet: each list and each thing by one statement, however large the fleet is. */
export class FleetQueries {
  readonly #sql: Sql;
  readonly #liveness: Liveness;
  readonly #sources;

  constructor(sql: Sql, { leaseMs, liveness }: FleetQueriesOptions) {
    this.#sql = sql;
    this.#liveness = liveness;
    this.#sources = {
      clusters: clusterSource(leaseMs),
      bundles: bundleSource(leaseMs),
      assignments: assignmentSource(leaseMs),
      objects: objectSource(leaseMs),
      drift: driftSource(leaseMs),
    };
  }

  clusters(request: ListRequest): Promise<PageOutcome<Cluster>> {
    return this.#page(this.#sources.clusters, request, (row: ClusterRow) => toCluster(row, this.#liveness));
  }

  bundles(request: ListRequest): Promise<PageOutcome<Bundle>> {
    return this.#page(this.#sources.bundles, request, (row: BundleListRow) => toBundle(row));
  }

  revisions(request: ListRequest): Promise<PageOutcome<Revision>> {
    return this.#page(revisionSource, request, (row: RevisionListRow) => toRevision(row));
  }

  assignments(request: ListRequest): Promise<PageOutcome<Assignment>> {
    return this.#page(this.#sources.assignments, request, (row: AssignmentListRow) => toAssignment(row));
  }

  objects(request: ListRequest): Promise<PageOutcome<FleetObject>> {
    return this.#page(this.#sources.objects, request, (row: ObjectListRow) => toObject(row));
  }

  drift(request: ListRequest): Promise<PageOutcome<Drift>> {
    return this.#page(this.#sources.drift, request, (row: DriftListRow) => toDrift(row));
  }

  joinTokens(request: ListRequest): Promise<PageOutcome<JoinToken>> {
    return this.#page(joinTokenSource, request, (row: JoinTokenListRow) => toJoinToken(row));
  }

  events(request: ListRequest): Promise<PageOutcome<FleetEvent>> {
    return this.#page(eventSource, request, (row: EventListRow) => toEvent(row));
  }

  pauses(request: ListRequest): Promise<PageOutcome<Pause>> {
    return this.#page(pauseSource, request, (row: PauseListRow) => toPause(row));
  }

  async cluster(name: string): Promise<Cluster | undefined> {
    return only(await this.clusters({ filters: { name: [name] }, limit: 1 }));
  }

  async bundle(name: string): Promise<Bundle | undefined> {
    return only(await this.bundles({ filters: { name: [name] }, limit: 1 }));
  }

  async assignment(cluster: string, bundle: string): Promise<Assignment | undefined> {
    return only(await this.assignments({ filters: { cluster: [cluster], bundle: [bundle] }, limit: 1 }));
  }

  /** The commits that a whole or abbreviated sha means, at most two; one that was seen repeatedly counts once. */
  async revisionsOf(sha: string): Promise<Revision[]> {
    const rows = await this.#sql.rows<RevisionListRow>(
      `with ${revisionSource.ctes} select * from (
         select distinct on (v.sha) ${revisionSource.columns} ${revisionSource.from}
         where starts_with(v.sha, $1) order by v.sha, v.seq desc) found limit 2`,
      [sha],
    );
    return rows.map(toRevision);
  }

  async #page<Row, Item>(
    source: ListSource,
    request: ListRequest,
    toItem: (row: Row) => Item,
  ): Promise<PageOutcome<Item>> {
    const statement = listStatement(source, request);
    if (statement.kind === 'refused') return { outcome: 'refused', issues: statement.issues };
    let rows: Row[];
    try {
      rows = await this.#sql.rows<Row>(statement.text, statement.values);
    } catch (error) {
      if (request.page === undefined || !isDataException(error)) throw error;
      return {
        outcome: 'refused',
        issues: [
          { field: 'page', message: 'This is no page: take `nextPage` of the answer before, as it is.' },
        ],
      };
    }
    const items = rows.slice(0, request.limit);
    const last = items.at(-1) as Record<string, string> | undefined;
    if (rows.length <= request.limit || last === undefined) {
      return { outcome: 'page', page: { items: items.map(toItem) } };
    }
    const keys = Array.from({ length: statement.keyCount }, (_, at) => last[`key_${at}`]!);
    const nextPage = printCursor({ list: source.list, sort: statement.sort, keys });
    return { outcome: 'page', page: { items: items.map(toItem), nextPage } };
  }
}

function only<Item>(outcome: PageOutcome<Item>): Item | undefined {
  return outcome.outcome === 'page' ? outcome.page.items[0] : undefined;
}

/** Class 22 of SQLSTATE: a forged cursor whose keys aren't values of their types. */
function isDataException(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22')
  );
}

import type { FleetQueries, Sql } from '@muster/store';
import type { ActionPorts, JoinInvitation } from './ports.ts';

/** What the actions work with. */
export interface ActionContext {
  readonly sql: Sql;
  readonly queries: Pick<FleetQueries, 'cluster'>;
  readonly ports: ActionPorts;
  readonly invitation: JoinInvitation;
}

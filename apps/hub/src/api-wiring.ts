import { randomBytes } from 'node:crypto';
import { FleetQueries } from '@muster/store';
import { type ActionPorts, createFleetActions, type JoinInvitation } from './actions/index.ts';
import type { ApiContext, ChangeFeed, HubMetrics } from './api/index.ts';
import type { HubFoundations } from './hub.module.ts';
import type { HubRuntime } from './lifecycle/hub-runtime.ts';
import type { Advertised } from './sessions/advertised.ts';
import { hubVersion } from './version.ts';

export interface ApiParts {
  readonly foundations: HubFoundations;
  readonly runtime: HubRuntime;
  readonly advertised: Advertised;
  readonly changes: ChangeFeed;
  readonly metrics: HubMetrics;
}

/** Gives the HTTP API what it needs of the running hub. */
export function apiContext({ foundations, runtime, advertised, changes, metrics }: ApiParts): ApiContext {
  const { store, identity, logger } = foundations;
  metrics.countSessionsBy(() => [...runtime.server.sessions()].length);
  const liveness = {
    leaseMs: runtime.leaseMs,
    liveness: { lastHeard: (clusterId: string) => runtime.server.session(clusterId)?.lastHeard },
  };
  return {
    ...liveness,
    sql: store.sql,
    fleet: identity.fleet,
    version: hubVersion,
    actions: createFleetActions({
      sql: store.sql,
      queries: new FleetQueries(store.sql, liveness),
      ports: actionPorts(runtime, changes),
      invitation: joinInvitation(foundations, advertised),
    }),
    locate: (clusterId) => runtime.locate(clusterId),
    changes,
    metrics,
    log: logger,
  };
}

export function actionPorts(runtime: HubRuntime, changes: ChangeFeed): ActionPorts {
  return {
    wakePlanner: () => runtime.wakePlanner(),
    lookAtRepo: () => runtime.requestLook(),
    requestSync: (clusterIds, bundle) => runtime.requestSync(clusterIds, bundle),
    tellRemoved: (clusterId) => runtime.endRemoved(clusterId),
    changed: (topics) => changes.changed(topics),
  };
}

/** The enrolment address is asked for each time: a port that was left to the system is known once the hub listens. */
export function joinInvitation(foundations: HubFoundations, advertised: Advertised): JoinInvitation {
  return {
    authorityPin: foundations.identity.authority.pin,
    get enrolmentAddress() {
      return advertised.enrolment;
    },
    randomBytes: (size) => randomBytes(size),
  };
}

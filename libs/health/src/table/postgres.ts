import type { RuleGroup } from '../rules/rule.ts';

/** https://github.com/zalando/postgres-operator/blob/master/docs/administrator.md */
export const zalandoPostgres: RuleGroup = {
  groups: ['acid.zalan.do'],
  rules: [
    {
      kinds: ['postgresql'],
      phase: {
        at: 'status.PostgresClusterStatus',
        states: {
          Healthy: ['Running'],
          Degraded: ['CreateFailed', 'UpdateFailed', 'SyncFailed', 'Invalid'],
          Progressing: ['Creating', 'Updating'],
        },
      },
    },
    { kinds: ['OperatorConfiguration'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** CloudNativePG: https://cloudnative-pg.io/documentation/current/ ; phases are sentences. */
export const cloudNativePg: RuleGroup = {
  groups: ['postgresql.cnpg.io'],
  rules: [
    {
      kinds: ['Cluster'],
      suspended:
        "metadata.?annotations[?'cnpg.io/hibernation'].orValue('') == 'on' || metadata.?annotations[?'cnpg.io/reconciliationLoop'].orValue('') == 'disabled'",
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Cluster in healthy state'],
          Suspended: ['Waiting for user action'],
          Degraded: [
            'Cluster is in an unrecoverable state, needs manual intervention',
            'Cluster cannot proceed to reconciliation due to an unknown plugin being required',
            'Cluster has incomplete or invalid image catalog',
            'Not enough disk space',
            'Upgrade failed',
            'Unable to create required cluster objects',
          ],
        },
      },
    },
    {
      kinds: ['Backup'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['completed'], Degraded: ['failed', 'walArchivingFailing'] },
      },
    },
    {
      kinds: ['ScheduledBackup'],
      suspended: 'spec.suspend == true',
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
    {
      kinds: ['Database', 'Publication', 'Subscription'],
      checks: [
        { when: 'status.applied == true', health: 'Healthy' },
        { when: 'status.applied == false', health: 'Degraded' },
      ],
    },
    {
      kinds: ['Pooler'],
      suspended: 'spec.pgbouncer.paused == true',
      checks: [{ when: 'status.instances >= spec.?instances.orValue(1.0)', health: 'Healthy' }],
    },
    { kinds: ['ImageCatalog', 'ClusterImageCatalog'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** Crunchy's operator: https://access.crunchydata.com/documentation/postgres-operator/ */
export const crunchyPostgres: RuleGroup = {
  groups: ['postgres-operator.crunchydata.com'],
  rules: [
    {
      kinds: ['PostgresCluster'],
      suspended: 'spec.paused == true || spec.shutdown == true',
      checks: [
        { when: "conditions.isFalse('PGBackRestReplicaRepoReady')", health: 'Progressing' },
        {
          when: 'size(status.instances) > 0 && status.instances.all(i, i.?readyReplicas.orValue(0.0) >= i.?replicas.orValue(0.0))',
          health: 'Healthy',
        },
      ],
    },
  ],
};

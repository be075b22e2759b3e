import type { RuleGroup } from '../rules/rule.ts';

/** https://docs.altinity.com/altinitykubernetesoperator/ */
export const clickhouse: RuleGroup = {
  groups: ['clickhouse.altinity.com', 'clickhouse-keeper.altinity.com'],
  rules: [
    {
      kinds: ['ClickHouseInstallation', 'ClickHouseKeeperInstallation'],
      suspended: "spec.stop in ['yes', 'Yes', 'true', 'True', '1', 'on']",
      phase: {
        at: 'status.status',
        states: {
          Healthy: ['Completed'],
          Degraded: ['Failed', 'Aborted'],
          Progressing: ['InProgress', 'Terminating'],
        },
      },
    },
    {
      kinds: ['ClickHouseInstallationTemplate', 'ClickHouseOperatorConfiguration'],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
  ],
};

/** https://atlasgo.io/integrations/kubernetes ; it goes on by itself only while it reconciles. */
export const atlas: RuleGroup = {
  groups: ['db.atlasgo.io'],
  rules: [
    {
      kinds: ['AtlasSchema', 'AtlasMigration'],
      condition: {
        type: 'Ready',
        reasons: { Progressing: ['Reconciling', 'GettingDevDB', 'ApprovalPending'] },
      },
    },
  ],
};

/** https://apache.github.io/solr-operator/docs/solr-cloud/ */
export const solr: RuleGroup = {
  groups: ['solr.apache.org'],
  rules: [
    {
      kinds: ['SolrCloud'],
      checks: [
        {
          when: 'status.readyReplicas >= spec.?replicas.orValue(status.replicas) && status.readyReplicas > 0 && status.upToDateNodes >= status.replicas',
          health: 'Healthy',
          message: '${{ status.readyReplicas }} of ${{ status.replicas }} replicas are ready',
        },
        {
          when: 'status.solrNodes.exists(n, n.ready == false)',
          health: 'Progressing',
          message: "not ready: ${{ status.solrNodes.filter(n, n.ready == false).map(n, n.name).join(', ') }}",
        },
      ],
    },
    {
      kinds: ['SolrPrometheusExporter'],
      checks: [{ when: 'status.ready == true', health: 'Healthy' }],
    },
  ],
};

/** https://github.com/mongodb/mongodb-kubernetes */
export const mongodb: RuleGroup = {
  groups: ['mongodbcommunity.mongodb.com', 'mongodb.com'],
  rules: [
    {
      kinds: ['MongoDB', 'MongoDBCommunity', 'MongoDBMultiCluster', 'MongoDBUser'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Running', 'Updated'],
          Degraded: ['Failed', 'Unsupported'],
          Progressing: ['Pending', 'Reconciling'],
          Suspended: ['Disabled'],
        },
      },
    },
  ],
};

/** https://github.com/spotahome/redis-operator and the operators of OpsTree and IBM. */
export const redis: RuleGroup = {
  groups: ['databases.spotahome.com'],
  rules: [{ kinds: ['RedisFailover'], noStatus: 'Healthy', otherwise: 'Healthy' }],
};

export const redisOpsTree: RuleGroup = {
  groups: ['redis.redis.opstreelabs.in'],
  rules: [
    {
      kinds: ['RedisCluster'],
      phase: {
        at: 'status.state',
        states: { Healthy: ['Ready'], Degraded: ['Failed'], Progressing: ['Initializing', 'Bootstrap'] },
      },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

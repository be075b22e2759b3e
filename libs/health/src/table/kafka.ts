import type { RuleGroup } from '../rules/rule.ts';

/** Koperator: https://kube-logging.dev ; brokers whose configuration is not in sync do what they shouldn't. */
export const koperator: RuleGroup = {
  groups: ['kafka.banzaicloud.io'],
  rules: [
    {
      kinds: ['KafkaCluster'],
      checks: [
        {
          when: "status.state == 'ClusterRunning' && status.brokersState.exists(id, status.brokersState[id].configurationState != 'ConfigInSync')",
          health: 'Degraded',
          message: 'the configuration of a broker is out of sync',
        },
      ],
      phase: {
        at: 'status.state',
        states: {
          Healthy: ['ClusterRunning'],
          Progressing: ['ClusterReconciling', 'ClusterRollingUpgrading'],
        },
      },
    },
    {
      kinds: ['KafkaTopic', 'KafkaUser'],
      phase: { at: 'status.state', states: { Healthy: ['created'], Degraded: ['error', 'failed'] } },
    },
  ],
};

/** https://github.com/pravega/zookeeper-operator */
export const zookeeper: RuleGroup = {
  groups: ['zookeeper.pravega.io'],
  rules: [
    {
      kinds: ['ZookeeperCluster'],
      checks: [
        {
          when: 'status.readyReplicas >= spec.?replicas.orValue(status.replicas) && status.replicas > 0',
          health: 'Healthy',
        },
      ],
    },
  ],
};

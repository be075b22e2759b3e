import type { RuleGroup } from '../rules/rule.ts';

/** https://www.rabbitmq.com/kubernetes/operator/operator-overview */
export const rabbitmq: RuleGroup = {
  groups: ['rabbitmq.com'],
  rules: [
    {
      kinds: ['RabbitmqCluster'],
      checks: [
        {
          when: "conditions.isFalse('ReconcileSuccess')",
          health: 'Degraded',
          message: "${{ conditions.message('ReconcileSuccess') }}",
        },
        {
          when: "conditions.anyFalse(['ClusterAvailable', 'AllReplicasReady'])",
          health: 'Progressing',
        },
        { when: "conditions.allTrue(['ClusterAvailable', 'AllReplicasReady'])", health: 'Healthy' },
      ],
    },
    {
      // The topology operator says nothing of what it hasn't reached a cluster for.
      kinds: ['*'],
      noStatus: 'Unknown',
      condition: { type: 'Ready' },
      otherwise: 'Unknown',
    },
  ],
};

import type { RuleGroup } from '../rules/rule.ts';

/** https://strimzi.io/docs/operators/latest/deploying#con-custom-resources-status-str : either Ready or NotReady is there. */
export const strimzi: RuleGroup = {
  groups: ['kafka.strimzi.io', 'core.strimzi.io'],
  rules: [
    {
      kinds: ['KafkaRebalance'],
      checks: [
        { when: "conditions.isTrue('NotReady')", health: 'Degraded' },
        { when: "conditions.isTrue('Ready')", health: 'Healthy' },
        {
          when: "conditions.anyTrue(['ProposalReady', 'Stopped', 'ReconciliationPaused'])",
          health: 'Suspended',
          message: 'waits for an approval or a refresh',
        },
      ],
    },
    {
      kinds: ['KafkaNodePool'],
      checks: [{ when: "conditions.isTrue('NotReady')", health: 'Degraded' }],
      otherwise: 'Healthy',
    },
    {
      kinds: ['StrimziPodSet'],
      checks: [
        {
          when: 'status.readyPods >= status.pods',
          health: 'Healthy',
          message: '${{ status.readyPods }} of ${{ status.pods }} Pods are ready',
        },
      ],
    },
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('ReconciliationPaused')",
          health: 'Suspended',
          message: 'reconciliation is paused',
        },
        {
          when: "conditions.isTrue('NotReady') && conditions.reason('NotReady') == 'Creating'",
          health: 'Progressing',
          message: "${{ conditions.message('NotReady') }}",
        },
        {
          when: "conditions.isTrue('NotReady')",
          health: 'Degraded',
          message: "${{ conditions.message('NotReady') }}",
        },
        { when: "conditions.isTrue('Ready')", health: 'Healthy' },
      ],
    },
  ],
};

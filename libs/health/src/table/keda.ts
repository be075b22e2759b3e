import type { RuleGroup } from '../rules/rule.ts';

/** https://keda.sh/docs/latest/reference/ */
export const keda: RuleGroup = {
  groups: ['keda.sh'],
  rules: [
    {
      kinds: ['ScaledObject', 'ScaledJob'],
      checks: [
        {
          when: "conditions.isTrue('Paused')",
          health: 'Suspended',
          message: "${{ conditions.message('Paused') }}",
        },
        {
          when: "conditions.isFalse('Ready')",
          health: 'Degraded',
          message: "${{ conditions.message('Ready') }}",
        },
        {
          when: "conditions.isTrue('Fallback')",
          health: 'Degraded',
          message: "${{ conditions.message('Fallback') }}",
        },
      ],
      condition: { type: 'Ready' },
    },
    {
      kinds: ['TriggerAuthentication', 'ClusterTriggerAuthentication'],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
  ],
};

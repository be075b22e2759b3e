import type { RuleGroup } from '../rules/rule.ts';

/** Red Hat 3scale: https://github.com/3scale/3scale-operator/tree/master/doc */
export const threeScaleManager: RuleGroup = {
  groups: ['apps.3scale.net'],
  rules: [
    {
      kinds: ['APIManager'],
      checks: [
        { when: "conditions.isTrue('Available')", health: 'Healthy' },
        {
          when: 'size(status.deployments.starting) > 0',
          health: 'Progressing',
          message: "starting: ${{ status.deployments.starting.join(', ') }}",
        },
      ],
      condition: { type: 'Available' },
    },
  ],
};

export const threeScale: RuleGroup = {
  groups: ['capabilities.3scale.net'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        { when: "conditions.anyTrue(['Failed', 'Invalid', 'Orphan', 'Error'])", health: 'Degraded' },
        {
          when: "conditions.isTrue('Waiting')",
          health: 'Suspended',
          message: "${{ conditions.message('Waiting') }}",
        },
        {
          when: "has(status.state) && status.state in ['suspended', 'pending']",
          health: 'Suspended',
          message: '${{ status.state }}',
        },
        { when: "conditions.anyTrue(['Ready', 'Synced'])", health: 'Healthy' },
      ],
      condition: { type: 'Ready' },
    },
  ],
};

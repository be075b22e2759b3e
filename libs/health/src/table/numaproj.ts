import type { RuleGroup } from '../rules/rule.ts';

/** https://numaflow.numaproj.io/user-guide/ ; numaplane marks what it upgrades and found wanting. */
export const numaflow: RuleGroup = {
  groups: ['numaflow.numaproj.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "metadata.labels['numaplane.numaproj.io/progressive-result-state'] == 'failed'",
          health: 'Degraded',
          message: 'the progressive upgrade failed',
        },
        { when: "status.phase == 'Failed'", health: 'Degraded' },
        { when: "status.conditions.exists(c, c.status == 'False')", health: 'Degraded' },
        { when: 'size(status.conditions) == 0', health: 'Progressing' },
        { when: "status.conditions.exists(c, c.status != 'True')", health: 'Progressing' },
      ],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Running', 'Succeeded', 'Paused'],
          Degraded: ['Failed'],
          Progressing: ['Pending', 'Pausing', 'Deleting'],
          Unknown: ['Unknown'],
        },
      },
    },
  ],
};

export const numaplane: RuleGroup = {
  groups: ['numaplane.numaproj.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        { when: "status.phase == 'Failed'", health: 'Degraded' },
        {
          when: "conditions.isFalse('ProgressiveUpgradeSucceeded')",
          health: 'Degraded',
          message: "${{ conditions.message('ProgressiveUpgradeSucceeded') }}",
        },
        {
          when: "conditions.isFalse('ChildResourcesHealthy') && conditions.reason('ChildResourcesHealthy') == 'Progressing'",
          health: 'Progressing',
          message: 'the children are on their way',
        },
        {
          when: "conditions.isFalse('ChildResourceDeployed')",
          health: 'Degraded',
          message: "${{ conditions.message('ChildResourceDeployed') }}",
        },
        {
          when: "conditions.isFalse('ChildResourcesHealthy')",
          health: 'Degraded',
          message: "${{ conditions.message('ChildResourcesHealthy') }}",
        },
        {
          when: "status.phase == 'Deployed' && conditions.allTrue(['ChildResourceDeployed', 'ChildResourcesHealthy'])",
          health: 'Healthy',
        },
      ],
    },
  ],
};

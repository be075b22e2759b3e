import type { RuleGroup } from '../rules/rule.ts';

/** Google's Config Connector: https://cloud.google.com/config-connector/docs/reference/events */
export const configConnector: RuleGroup = {
  groups: ['*.cnrm.cloud.google.com'],
  rules: [
    {
      kinds: ['ConfigConnector', 'ConfigConnectorContext'],
      checks: [
        { when: 'status.healthy == true', health: 'Healthy' },
        {
          when: 'status.healthy == false',
          health: 'Degraded',
          message: "${{ status.?errors.orValue(['not healthy'])[0] }}",
        },
      ],
    },
    {
      kinds: ['*'],
      condition: {
        type: 'Ready',
        reasons: {
          Progressing: ['Updating', 'Creating', 'Deleting'],
          // It stands still until what it depends on is ready.
          Suspended: ['DependencyNotReady'],
        },
      },
    },
  ],
};

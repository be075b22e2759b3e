import type { RuleGroup } from '../rules/rule.ts';

/**
 * Gloo Edge: the state of each reporter, as a name or as protobuf's number: 0 Pending, 1 Accepted, 2 Rejected,
 * 3 Warning. One reporter that isn't content is enough.
 */
export const gloo: RuleGroup = {
  groups: [
    'gateway.solo.io',
    'gloo.solo.io',
    'enterprise.gloo.solo.io',
    'ratelimit.solo.io',
    'graphql.gloo.solo.io',
  ],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "status.statuses.exists(by, string(status.statuses[by].state) in ['Rejected', '2', 'Warning', '3'])",
          health: 'Degraded',
          message:
            "${{ status.statuses.filter(by, string(status.statuses[by].state) in ['Rejected', '2', 'Warning', '3']).map(by, status.statuses[by].reason).join('; ') }}",
        },
        {
          when: "status.statuses.exists(by, string(status.statuses[by].state) in ['Pending', '0'])",
          health: 'Suspended',
          message: 'not taken yet',
        },
        { when: 'size(status.statuses) > 0', health: 'Healthy' },
        { when: "string(status.state) in ['Rejected', '2', 'Warning', '3']", health: 'Degraded' },
        {
          when: "string(status.state) in ['Pending', '0']",
          health: 'Suspended',
          message: 'not taken yet',
        },
        { when: "string(status.state) in ['Accepted', '1']", health: 'Healthy' },
      ],
    },
  ],
};

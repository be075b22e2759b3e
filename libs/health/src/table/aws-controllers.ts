import type { RuleGroup } from '../rules/rule.ts';

/** AWS Controllers for Kubernetes: https://aws-controllers-k8s.github.io/community/docs/ (resource conditions). */
export const awsControllers: RuleGroup = {
  groups: ['*.services.k8s.aws'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('ACK.Terminal')",
          health: 'Degraded',
          message: "${{ conditions.message('ACK.Terminal') }}",
        },
        {
          when: "conditions.isTrue('ACK.Recoverable')",
          health: 'Degraded',
          message: "${{ conditions.message('ACK.Recoverable') }}",
        },
        { when: "conditions.isFalse('ACK.ReferencesResolved')", health: 'Progressing' },
      ],
      condition: { type: 'ACK.ResourceSynced', isFalse: 'Progressing' },
    },
  ],
};

import type { RuleGroup } from '../rules/rule.ts';

/** https://karpenter.sh/docs/concepts/ */
export const karpenter: RuleGroup = {
  groups: ['karpenter.sh', 'karpenter.k8s.aws', 'karpenter.azure.com', 'karpenter.k8s.gcp'],
  rules: [
    {
      kinds: ['NodeClaim'],
      checks: [
        {
          when: "conditions.isTrue('Disrupting')",
          health: 'Suspended',
          message: "the node is being taken out: ${{ conditions.message('Disrupting') }}",
        },
        // Unknown while it is being launched; a node that is there may take its time.
        { when: "conditions.isFalse('Launched')", health: 'Degraded' },
        { when: "conditions.anyFalse(['Registered', 'Initialized'])", health: 'Progressing' },
      ],
      condition: { type: 'Ready' },
    },
    { kinds: ['*'], condition: { type: 'Ready' } },
  ],
};

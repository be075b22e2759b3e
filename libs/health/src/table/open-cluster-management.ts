import type { RuleGroup } from '../rules/rule.ts';

/** https://open-cluster-management.io/docs/getting-started/integration/policy-controllers/ */
export const openClusterManagement: RuleGroup = {
  groups: ['policy.open-cluster-management.io'],
  rules: [
    {
      kinds: ['Policy'],
      checks: [{ when: 'spec.disabled == true', health: 'Healthy', message: 'the policy is disabled' }],
      phase: {
        at: 'status.compliant',
        states: { Healthy: ['Compliant'], Degraded: ['NonCompliant'], Progressing: ['Pending'] },
      },
    },
    {
      kinds: ['OperatorPolicy'],
      checks: [
        { when: "!conditions.isSet('Compliant')", health: 'Progressing', message: 'not evaluated yet' },
      ],
      condition: { type: 'Compliant' },
    },
    {
      kinds: ['ConfigurationPolicy', 'CertificatePolicy'],
      checks: [
        {
          when: 'status.lastEvaluatedGeneration < metadata.generation',
          health: 'Progressing',
          message: 'the newest spec is not evaluated yet',
        },
      ],
      phase: {
        at: 'status.compliant',
        states: {
          Healthy: ['Compliant'],
          Degraded: ['NonCompliant'],
          Progressing: ['Pending', 'Terminating'],
          Unknown: ['UnknownCompliancy'],
        },
      },
    },
    {
      kinds: ['PolicySet'],
      phase: { at: 'status.compliant', states: { Healthy: ['Compliant'], Degraded: ['NonCompliant'] } },
    },
    { kinds: ['PlacementBinding', 'PolicyAutomation'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://open-cluster-management.io/docs/concepts/managedcluster/ */
export const managedClusters: RuleGroup = {
  groups: ['cluster.open-cluster-management.io'],
  rules: [
    {
      kinds: ['ManagedCluster'],
      checks: [
        {
          when: "conditions.isFalse('HubAcceptedManagedCluster')",
          health: 'Suspended',
          message: 'not accepted yet',
        },
        {
          when: "!conditions.isSet('ManagedClusterJoined')",
          health: 'Progressing',
          message: 'not joined yet',
        },
        { when: "conditions.isUnknown('ManagedClusterConditionAvailable')", health: 'Unknown' },
      ],
      condition: { type: 'ManagedClusterConditionAvailable' },
    },
    { kinds: ['ManagedClusterSet', 'ManagedClusterSetBinding'], noStatus: 'Healthy', otherwise: 'Healthy' },
    { kinds: ['Placement'], condition: { type: 'PlacementSatisfied' } },
  ],
};

export const managedClusterAddOns: RuleGroup = {
  groups: ['addon.open-cluster-management.io'],
  rules: [
    {
      kinds: ['ManagedClusterAddOn'],
      checks: [
        {
          when: "conditions.isTrue('Degraded')",
          health: 'Degraded',
          message: "${{ conditions.message('Degraded') }}",
        },
        {
          when: "conditions.isTrue('Progressing')",
          health: 'Progressing',
          message: "${{ conditions.message('Progressing') }}",
        },
      ],
      condition: { type: 'Available' },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

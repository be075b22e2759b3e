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

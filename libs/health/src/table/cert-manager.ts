import type { RuleGroup } from '../rules/rule.ts';

/** https://cert-manager.io/docs/reference/api-docs/ ; certmanager.k8s.io is what the group was called before 0.11. */
export const certManager: RuleGroup = {
  groups: ['cert-manager.io', 'certmanager.k8s.io'],
  rules: [
    {
      kinds: ['Certificate'],
      checks: [
        {
          when: "conditions.isTrue('Issuing')",
          health: 'Progressing',
          message: "${{ conditions.message('Issuing') }}",
        },
      ],
      // Before 0.15 there was no Issuing.
      condition: {
        type: 'Ready',
        reasons: { Progressing: ['InProgress', 'Pending', 'TemporaryCertificate'] },
      },
    },
    { kinds: ['Issuer', 'ClusterIssuer'], condition: { type: 'Ready' } },
    {
      kinds: ['CertificateRequest'],
      checks: [{ when: "conditions.anyTrue(['Denied', 'InvalidRequest'])", health: 'Degraded' }],
      condition: { type: 'Ready', reasons: { Progressing: ['Pending'] } },
    },
  ],
};

export const certManagerAcme: RuleGroup = {
  groups: ['acme.cert-manager.io'],
  rules: [
    {
      kinds: ['Order', 'Challenge'],
      phase: {
        at: 'status.state',
        states: { Healthy: ['valid', 'ready'], Degraded: ['invalid', 'expired', 'errored'] },
      },
    },
  ],
};

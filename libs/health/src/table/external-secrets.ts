import type { RuleGroup } from '../rules/rule.ts';

/** https://external-secrets.io/latest/api/spec/ */
export const externalSecrets: RuleGroup = {
  groups: ['external-secrets.io'],
  rules: [
    {
      kinds: ['ClusterExternalSecret', 'ClusterPushSecret'],
      checks: [
        { when: "conditions.isTrue('Ready')", health: 'Healthy' },
        {
          when: "conditions.anyTrue(['PartiallyReady', 'NotReady'])",
          health: 'Degraded',
          message: "${{ status.failedNamespaces.map(n, n.namespace + ': ' + n.reason).join('; ') }}",
        },
      ],
      condition: { type: 'Ready' },
    },
    { kinds: ['*'], condition: { type: 'Ready' } },
  ],
};

/** The retired predecessor, external-secrets/kubernetes-external-secrets. */
export const kubernetesExternalSecrets: RuleGroup = {
  groups: ['kubernetes-client.io'],
  rules: [
    {
      kinds: ['ExternalSecret'],
      checks: [
        { when: "status.status == 'SUCCESS'", health: 'Healthy' },
        { when: "status.status.startsWith('ERROR')", health: 'Degraded', message: '${{ status.status }}' },
      ],
    },
  ],
};

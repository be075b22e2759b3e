import type { RuleGroup } from '../rules/rule.ts';

/**
 * Flux follows kstatus: Stalled gave up, Ready says what it says, and while it is at work for the first time Ready is
 * Unknown. A Ready that is False has failed, also where it will be tried again.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#kustomization-status
 */
export const flux: RuleGroup = {
  groups: [
    'source.toolkit.fluxcd.io',
    'kustomize.toolkit.fluxcd.io',
    'helm.toolkit.fluxcd.io',
    'image.toolkit.fluxcd.io',
    'source.extensions.fluxcd.io',
    'infra.contrib.fluxcd.io',
    'fluxcd.controlplane.io',
  ],
  rules: [
    {
      kinds: ['Kustomization', 'HelmRelease', 'Terraform'],
      suspended: 'spec.suspend == true',
      checks: [{ when: "conditions.isTrue('Stalled')", health: 'Degraded' }],
      condition: { type: 'Ready', reasons: { Progressing: ['Progressing', 'DependencyNotReady'] } },
    },
    {
      // One for OCI is only an address: nothing is fetched, and nothing reported.
      kinds: ['HelmRepository'],
      suspended: 'spec.suspend == true',
      checks: [
        { when: "spec.type == 'oci'", health: 'Healthy' },
        { when: "conditions.isTrue('Stalled')", health: 'Degraded' },
      ],
      condition: { type: 'Ready', reasons: { Progressing: ['Progressing'] } },
    },
    {
      kinds: ['*'],
      suspended: 'spec.suspend == true',
      checks: [{ when: "conditions.isTrue('Stalled')", health: 'Degraded' }],
      condition: { type: 'Ready', reasons: { Progressing: ['Progressing'] } },
    },
  ],
};

export const fluxNotification: RuleGroup = {
  groups: ['notification.toolkit.fluxcd.io'],
  rules: [
    {
      // Without a status since v1beta3.
      kinds: ['Alert', 'Provider'],
      suspended: 'spec.suspend == true',
      noStatus: 'Healthy',
      condition: { type: 'Ready' },
      otherwise: 'Healthy',
    },
    {
      kinds: ['Receiver'],
      suspended: 'spec.suspend == true',
      condition: { type: 'Ready' },
    },
  ],
};

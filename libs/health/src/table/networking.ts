import type { RuleGroup } from '../rules/rule.ts';

/** https://projectcontour.io/docs/main/config/api/ */
export const contour: RuleGroup = {
  groups: ['projectcontour.io'],
  rules: [
    {
      kinds: ['HTTPProxy'],
      phase: {
        at: 'status.currentStatus',
        states: {
          Healthy: ['valid'],
          Degraded: ['invalid', 'orphaned'],
          Progressing: ['NotReconciled'],
        },
      },
    },
    { kinds: ['TLSCertificateDelegation'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['ContourConfiguration', 'ContourDeployment'],
      noStatus: 'Healthy',
      condition: { type: 'Valid' },
      otherwise: 'Healthy',
    },
    { kinds: ['ExtensionService'], condition: { type: 'Valid' } },
  ],
};

/** https://github.com/jmalloc/proclaim */
export const proclaim: RuleGroup = {
  groups: ['proclaim.dogmatiq.io'],
  rules: [
    {
      kinds: ['DNSSDServiceInstance'],
      checks: [
        { when: "conditions.anyFalse(['Adopted', 'Advertised'])", health: 'Degraded' },
        { when: "conditions.isFalse('Discoverable')", health: 'Progressing' },
        { when: "conditions.isTrue('Discoverable')", health: 'Healthy' },
      ],
    },
  ],
};

/** Configuration that no controller reports on. */
export const traefik: RuleGroup = {
  groups: ['traefik.io', 'traefik.containo.us'],
  rules: [{ kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' }],
};

/** https://metallb.io/ */
export const metallb: RuleGroup = {
  groups: ['metallb.io'],
  rules: [{ kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' }],
};

/** https://docs.cilium.io/ */
export const cilium: RuleGroup = {
  groups: ['cilium.io'],
  rules: [
    {
      kinds: ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
      noStatus: 'Healthy',
      condition: { type: 'Valid' },
      otherwise: 'Healthy',
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://docs.nginx.com/nginx-ingress-controller/ : Warning serves, but not all that was asked for. */
export const nginx: RuleGroup = {
  groups: ['k8s.nginx.org'],
  rules: [
    {
      kinds: ['*'],
      phase: {
        at: 'status.state',
        states: { Healthy: ['Valid'], Degraded: ['Invalid', 'Warning'] },
      },
    },
  ],
};

/** https://www.getambassador.io/docs/emissary/latest/topics/running/host-crd */
export const emissary: RuleGroup = {
  groups: ['getambassador.io'],
  rules: [
    {
      kinds: ['Host'],
      phase: {
        at: 'status.state',
        states: { Healthy: ['Ready'], Degraded: ['Error'], Progressing: ['Initial', 'Pending'] },
      },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://tailscale.com/kb/1236/kubernetes-operator */
export const tailscale: RuleGroup = {
  groups: ['tailscale.com'],
  rules: [
    { kinds: ['ProxyClass'], condition: { type: 'ProxyClassReady' } },
    { kinds: ['ProxyGroup'], condition: { type: 'ProxyGroupReady', isFalse: 'Progressing' } },
    { kinds: ['Connector'], condition: { type: 'ConnectorReady' } },
    { kinds: ['DNSConfig'], condition: { type: 'NameserverReady' } },
    { kinds: ['Recorder'], condition: { type: 'RecorderReady' } },
  ],
};

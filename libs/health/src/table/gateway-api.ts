import type { RuleGroup } from '../rules/rule.ts';

/**
 * The Gateway API keeps conditions for each parent of a route, each ancestor of a policy and each listener of a
 * gateway. https://gateway-api.sigs.k8s.io/geps/gep-1364/
 */
export const gatewayApi: RuleGroup = {
  groups: ['gateway.networking.k8s.io', 'gateway.networking.x-k8s.io', 'gateway.envoyproxy.io'],
  rules: [
    {
      kinds: ['GatewayClass'],
      condition: { type: 'Accepted', reasons: { Progressing: ['Waiting', 'Pending'] } },
    },
    {
      kinds: ['Gateway', 'ListenerSet', 'XListenerSet'],
      checks: [
        {
          when: "conditions.reason('Accepted') == 'Pending' || (conditions.isFalse('Programmed') && conditions.reason('Programmed') in ['Pending', 'AddressNotAssigned'])",
          health: 'Progressing',
        },
        {
          when: "conditions.anyFalse(['Accepted', 'Programmed', 'ResolvedRefs'])",
          health: 'Degraded',
          message: "${{ conditions.whyNot(['Accepted', 'Programmed', 'ResolvedRefs']) }}",
        },
        {
          when: "status.listeners.exists(l, conditions.of(l).anyFalse(['Accepted', 'Programmed', 'ResolvedRefs']))",
          health: 'Degraded',
          message:
            "${{ status.listeners.filter(l, conditions.of(l).anyFalse(['Accepted', 'Programmed', 'ResolvedRefs'])).map(l, 'listener ' + l.name + ': ' + conditions.of(l).whyNot(['Accepted', 'Programmed', 'ResolvedRefs'])).join('; ') }}",
        },
        {
          when: "conditions.anyUnknown(['Accepted', 'ResolvedRefs', 'Programmed'])",
          health: 'Progressing',
        },
        { when: "conditions.allTrue(['Accepted', 'Programmed'])", health: 'Healthy' },
      ],
    },
    {
      kinds: ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'],
      checks: [
        {
          when: "status.parents.exists(p, conditions.of(p).isFalse('Accepted') && conditions.of(p).reason('Accepted') == 'Pending')",
          health: 'Progressing',
        },
        {
          when: "status.parents.exists(p, conditions.of(p).anyFalse(['Accepted', 'ResolvedRefs', 'Programmed']))",
          health: 'Degraded',
          message:
            "${{ status.parents.filter(p, conditions.of(p).anyFalse(['Accepted', 'ResolvedRefs', 'Programmed'])).map(p, p.?parentRef.?name.orValue('a parent') + ': ' + conditions.of(p).whyNot(['Accepted', 'ResolvedRefs', 'Programmed'])).join('; ') }}",
        },
        {
          when: "status.parents.exists(p, conditions.of(p).anyUnknown(['Accepted', 'ResolvedRefs', 'Programmed']))",
          health: 'Progressing',
        },
        {
          when: "size(status.parents) > 0 && status.parents.all(p, conditions.of(p).isTrue('Accepted'))",
          health: 'Healthy',
        },
      ],
    },
    { kinds: ['ReferenceGrant', 'EnvoyProxy', 'HTTPRouteFilter'], noStatus: 'Healthy', otherwise: 'Healthy' },
    { kinds: ['Backend', 'XMesh'], condition: { type: 'Accepted' } },
    {
      // The policies.
      kinds: ['*'],
      checks: [
        {
          when: "status.ancestors.exists(a, conditions.of(a).anyFalse(['Accepted', 'ResolvedRefs', 'Programmed']))",
          health: 'Degraded',
          message:
            "${{ status.ancestors.map(a, conditions.of(a).whyNot(['Accepted', 'ResolvedRefs', 'Programmed'])).filter(why, why != '').join('; ') }}",
        },
        {
          when: "status.ancestors.exists(a, conditions.of(a).anyUnknown(['Accepted', 'ResolvedRefs', 'Programmed']))",
          health: 'Progressing',
        },
        {
          when: "size(status.ancestors) > 0 && status.ancestors.all(a, conditions.of(a).isTrue('Accepted'))",
          health: 'Healthy',
        },
      ],
    },
  ],
};

/** Airlock Microgateway's policies, which nothing may use: then no controller says anything of them. */
export const airlock: RuleGroup = {
  groups: ['microgateway.airlock.com'],
  rules: [
    {
      kinds: ['*'],
      noStatus: 'Healthy',
      checks: [
        { when: "status.ancestors.exists(a, conditions.of(a).isUnknown('Accepted'))", health: 'Progressing' },
        {
          // An ancestor that says something, but not that it takes the policy.
          when: "status.ancestors.exists(a, size(a.?conditions.orValue([])) > 0 && (!conditions.of(a).isTrue('Accepted') || conditions.of(a).isFalse('ResolvedRefs')))",
          health: 'Degraded',
          message:
            "not accepted: ${{ status.ancestors.map(a, conditions.of(a).whyNot(['Accepted', 'ResolvedRefs'])).filter(why, why != '').join('; ') }}",
        },
        { when: "conditions.anyFalse(['Accepted', 'Valid', 'Ready', 'ResolvedRefs'])", health: 'Degraded' },
      ],
      otherwise: 'Healthy',
    },
  ],
};

import type { RuleGroup } from '../rules/rule.ts';

/** The operator in the cluster, as it was until Istio 1.24. */
export const istioOperator: RuleGroup = {
  groups: ['install.istio.io'],
  rules: [
    {
      kinds: ['IstioOperator'],
      phase: {
        at: 'status.status',
        states: {
          Healthy: ['HEALTHY'],
          Degraded: ['ERROR', 'ACTION_REQUIRED'],
          Progressing: ['RECONCILING', 'UPDATING'],
        },
      },
    },
  ],
};

/** Istio writes a status only when it is told to; its analysis finds errors. */
export const istio: RuleGroup = {
  groups: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
  rules: [
    {
      kinds: ['*'],
      noStatus: 'Healthy',
      checks: [
        {
          when: "status.validationMessages.exists(m, m.level in ['ERROR', 'Error'])",
          health: 'Degraded',
          message: 'the analysis found an error',
        },
        { when: "conditions.isFalse('Reconciled')", health: 'Progressing' },
      ],
      otherwise: 'Healthy',
    },
  ],
};

/** https://github.com/istio-ecosystem/sail-operator */
export const sailOperator: RuleGroup = {
  groups: ['sailoperator.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isFalse('Reconciled')",
          health: 'Degraded',
          message: "${{ conditions.message('Reconciled') }}",
        },
      ],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

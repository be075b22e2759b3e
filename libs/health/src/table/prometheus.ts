import type { RuleGroup } from '../rules/rule.ts';

/** https://prometheus-operator.dev/docs/api-reference/api/ */
export const prometheus: RuleGroup = {
  groups: ['monitoring.coreos.com'],
  rules: [
    {
      kinds: ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'],
      suspended: 'spec.paused == true',
      checks: [
        {
          when: "conditions.isFalse('Reconciled')",
          health: 'Degraded',
          message: "${{ conditions.message('Reconciled') }}",
        },
      ],
      // Degraded is a status of its own here: some pods are ready, and some are not.
      condition: { type: 'Available', reasons: { Progressing: ['SomePodsNotReady'] } },
    },
    {
      kinds: [
        'AlertmanagerConfig',
        'PodMonitor',
        'Probe',
        'PrometheusRule',
        'ScrapeConfig',
        'ServiceMonitor',
      ],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
  ],
};

/** https://docs.victoriametrics.com/operator/ */
export const victoriaMetrics: RuleGroup = {
  groups: ['operator.victoriametrics.com'],
  rules: [
    {
      // Configuration of the others; older operators report nothing of it.
      kinds: [
        'VMAlertmanagerConfig',
        'VMNodeScrape',
        'VMPodScrape',
        'VMProbe',
        'VMRule',
        'VMScrapeConfig',
        'VMServiceScrape',
        'VMStaticScrape',
        'VMUser',
      ],
      noStatus: 'Healthy',
      phase: { at: 'status.updateStatus', states: { Degraded: ['failed'] } },
      otherwise: 'Healthy',
    },
    {
      kinds: ['*'],
      suspended: 'spec.paused == true',
      // How older operators say it, of a cluster and of a single.
      checks: [
        {
          when: "status.?clusterStatus.or(status.?singleStatus).orValue('') == 'operational'",
          health: 'Healthy',
        },
        {
          when: "status.?clusterStatus.or(status.?singleStatus).orValue('') == 'failed'",
          health: 'Degraded',
        },
      ],
      phase: {
        at: 'status.updateStatus',
        states: {
          Healthy: ['operational'],
          Degraded: ['failed'],
          Progressing: ['expanding'],
          Suspended: ['paused'],
        },
      },
    },
  ],
};

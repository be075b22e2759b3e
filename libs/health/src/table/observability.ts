import type { RuleGroup } from '../rules/rule.ts';

/** https://github.com/open-telemetry/opentelemetry-operator ; `statusReplicas` is `ready/all`. */
export const openTelemetry: RuleGroup = {
  groups: ['opentelemetry.io'],
  rules: [
    {
      kinds: ['OpenTelemetryCollector', 'TargetAllocator'],
      checks: [
        { when: "spec.mode == 'sidecar'", health: 'Healthy' },
        {
          when: "status.scale.statusReplicas.split('/')[0] == status.scale.statusReplicas.split('/')[1]",
          health: 'Healthy',
          message: '${{ status.scale.statusReplicas }} replicas are ready',
        },
        {
          when: "status.scale.statusReplicas.startsWith('0/')",
          health: 'Degraded',
          message: '${{ status.scale.statusReplicas }} replicas are ready',
        },
        {
          when: 'has(status.scale.statusReplicas)',
          health: 'Progressing',
          message: '${{ status.scale.statusReplicas }} replicas are ready',
        },
      ],
    },
    { kinds: ['Instrumentation'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://www.jaegertracing.io/docs/1.57/operator/ */
export const jaeger: RuleGroup = {
  groups: ['jaegertracing.io'],
  rules: [
    {
      kinds: ['Jaeger'],
      phase: { at: 'status.phase', states: { Healthy: ['Running'], Degraded: ['Failed'] } },
    },
  ],
};

/** Built with the Ansible operator: a Failure stays until the next run succeeds. */
export const kiali: RuleGroup = {
  groups: ['kiali.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('Failure')",
          health: 'Degraded',
          message: "${{ conditions.message('Failure') }}",
        },
        { when: "conditions.isTrue('Successful')", health: 'Healthy' },
      ],
      condition: { type: 'Running', isTrue: 'Progressing' },
    },
  ],
};

/** https://docs.datadoghq.com/containers/datadog_operator/ */
export const datadog: RuleGroup = {
  groups: ['datadoghq.com'],
  rules: [
    {
      kinds: ['DatadogMetric'],
      checks: [
        {
          when: "conditions.isTrue('Error')",
          health: 'Degraded',
          message: "${{ conditions.message('Error') }}",
        },
      ],
      condition: { type: 'Valid' },
    },
    {
      kinds: ['DatadogAgent'],
      checks: [
        { when: "conditions.isTrue('DatadogAgentReconcileError')", health: 'Degraded' },
        { when: "conditions.isFalse('AgentReconcile')", health: 'Degraded' },
      ],
      otherwise: 'Healthy',
    },
    {
      kinds: ['*'],
      checks: [{ when: "conditions.isTrue('Error')", health: 'Degraded' }],
      otherwise: 'Healthy',
    },
  ],
};

/** https://coralogix.com/docs/ ; what is in the cluster must be at Coralogix too. */
export const coralogix: RuleGroup = {
  groups: ['coralogix.com'],
  rules: [{ kinds: ['*'], condition: { type: 'RemoteSynced' } }],
};

/** https://grafana.github.io/grafana-operator/docs/api/ */
export const grafana: RuleGroup = {
  groups: ['grafana.integreatly.org'],
  rules: [
    {
      kinds: ['Grafana'],
      suspended: 'spec.suspend == true',
      checks: [
        {
          when: "status.stageStatus == 'failed'",
          health: 'Degraded',
          message: 'stage ${{ status.stage }}: ${{ status.lastMessage }}',
        },
        { when: "status.stage == 'complete' && status.stageStatus == 'success'", health: 'Healthy' },
        {
          when: 'has(status.stage)',
          health: 'Progressing',
          message: 'stage ${{ status.stage }}',
        },
      ],
    },
    {
      // Since 5.16 a condition such as DashboardSynchronized; before, only a hash of what was sent.
      kinds: ['*'],
      suspended: 'spec.suspend == true',
      checks: [
        {
          when: "conditions.anyTrue(['InvalidSpec', 'NoMatchingInstance', 'NoMatchingFolder'])",
          health: 'Degraded',
        },
        {
          when: 'has(status.NoMatchingInstances) && status.NoMatchingInstances == true',
          health: 'Degraded',
          message: 'no Grafana matches',
        },
        {
          when: "status.?lastMessage.orValue('') != ''",
          health: 'Degraded',
          message: '${{ status.lastMessage }}',
        },
        {
          when: "status.conditions.exists(c, c.type.endsWith('Synchronized') && c.status == 'False')",
          health: 'Degraded',
        },
        {
          when: "status.conditions.exists(c, c.type.endsWith('Synchronized') && c.status == 'True')",
          health: 'Healthy',
        },
        { when: "!has(status.conditions) && status.?hash.orValue('') != ''", health: 'Healthy' },
      ],
    },
  ],
};

export const grafanaOrganisations: RuleGroup = {
  groups: ['grafana-org-operator.kubitus-project.gitlab.io'],
  rules: [{ kinds: ['*'], condition: { type: 'Ready' } }],
};

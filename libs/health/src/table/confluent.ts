import type { RuleGroup } from '../rules/rule.ts';

/** Confluent for Kubernetes: https://docs.confluent.io/operator/current/co-api.html */
export const confluent: RuleGroup = {
  groups: ['platform.confluent.io'],
  rules: [
    {
      kinds: ['Connector'],
      checks: [
        {
          when: "status.connectorState == 'FAILED'",
          health: 'Degraded',
          message: "${{ status.?trace.orValue('the connector failed') }}",
        },
        {
          when: 'status.failedTasksCount > 0',
          health: 'Degraded',
          message: '${{ status.failedTasksCount }} tasks failed, ${{ status.tasksReady }} are ready',
        },
        {
          when: "status.connectorState == 'PAUSED'",
          health: 'Suspended',
          message: 'the connector is paused',
        },
        { when: "status.connectorState == 'RUNNING' && status.state == 'CREATED'", health: 'Healthy' },
      ],
      phase: { at: 'status.state', states: { Degraded: ['ERROR'] } },
    },
    {
      kinds: [
        'KafkaTopic',
        'Schema',
        'SchemaExporter',
        'KafkaRestClass',
        'ConfluentRolebinding',
        'ClusterLink',
      ],
      phase: {
        at: 'status.state',
        states: { Healthy: ['CREATED', 'SUCCEEDED'], Degraded: ['ERROR', 'FAILED'] },
      },
      otherwise: 'Progressing',
    },
    {
      kinds: ['*'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['RUNNING'],
          Degraded: ['ERROR', 'FAILED'],
          Progressing: ['PROVISIONING', 'PENDING'],
        },
      },
    },
  ],
};

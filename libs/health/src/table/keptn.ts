import type { RuleGroup } from '../rules/rule.ts';

const states = {
  Healthy: ['Succeeded'],
  Degraded: ['Failed', 'Cancelled'],
  // A newer version took its place.
  Suspended: ['Deprecated'],
  Progressing: ['Pending', 'Progressing'],
} as const;

/** https://lifecycle.keptn.sh/docs/ */
export const keptnLifecycle: RuleGroup = {
  groups: ['lifecycle.keptn.sh'],
  rules: [
    {
      kinds: ['KeptnAppVersion', 'KeptnWorkloadVersion', 'KeptnWorkloadInstance'],
      phase: { at: 'status.status', states },
    },
    { kinds: ['KeptnEvaluation'], phase: { at: 'status.overallStatus', states } },
    { kinds: ['KeptnTask'], phase: { at: 'status.status', states } },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

export const keptnMetrics: RuleGroup = {
  groups: ['metrics.keptn.sh'],
  rules: [
    {
      kinds: ['KeptnMetric'],
      checks: [
        { when: "status.?errMsg.orValue('') != ''", health: 'Degraded' },
        { when: "string(status.value) != ''", health: 'Healthy' },
      ],
    },
    {
      kinds: ['Analysis'],
      checks: [
        { when: "status.state != 'Completed'", health: 'Progressing' },
        { when: 'status.?pass.orValue(false) == true', health: 'Healthy' },
        {
          when: 'status.?warning.orValue(false) == true',
          health: 'Healthy',
          message: 'passed with a warning',
        },
        { when: "status.state == 'Completed'", health: 'Degraded', message: 'the analysis did not pass' },
      ],
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

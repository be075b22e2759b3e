import type { RuleGroup } from '../rules/rule.ts';

/** https://docs.flagger.app/usage/how-it-works#canary-status */
export const flagger: RuleGroup = {
  groups: ['flagger.app'],
  rules: [
    {
      kinds: ['Canary'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Initialized', 'Succeeded'],
          Degraded: ['Failed'],
          Progressing: [
            'Initializing',
            'Waiting',
            'Progressing',
            'WaitingPromotion',
            'Promoting',
            'Finalising',
          ],
        },
      },
    },
    { kinds: ['MetricTemplate', 'AlertProvider'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

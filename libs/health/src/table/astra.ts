import type { RuleGroup } from '../rules/rule.ts';

/** NetApp Astra: every kind has a state. */
export const astra: RuleGroup = {
  groups: ['astra.netapp.io', 'protect.trident.netapp.io'],
  rules: [
    {
      kinds: ['ExecHook'],
      checks: [{ when: "status.?error.orValue('') != ''", health: 'Degraded' }],
      otherwise: 'Healthy',
    },
    // A schedule is well as soon as it is there.
    { kinds: ['Schedule'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['*'],
      phase: {
        at: 'status.state',
        states: {
          Healthy: ['Completed', 'Available', 'available', 'Ready', 'Established'],
          Degraded: ['Failed', 'Error', 'error', 'failed', 'unavailable', 'Unavailable'],
          Progressing: ['Running', 'Pending', 'Establishing', 'Promoting', 'Reversing', 'Deleting'],
        },
      },
      condition: { type: 'Ready' },
    },
  ],
};

export const trident: RuleGroup = {
  groups: ['trident.netapp.io'],
  rules: [
    {
      kinds: ['TridentBackendConfig'],
      phase: {
        at: 'status.lastOperationStatus',
        states: { Healthy: ['Success'], Degraded: ['Failed'], Progressing: ['Progressing'] },
      },
    },
    {
      kinds: ['TridentOrchestrator'],
      phase: {
        at: 'status.status',
        states: {
          Healthy: ['Installed'],
          Degraded: ['Error', 'Failed'],
          Progressing: ['Installing', 'Uninstalling', 'Uninstalled', 'Updating'],
        },
      },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

import type { RuleGroup } from '../rules/rule.ts';

/** https://kubevirt.io/api-reference/ */
export const kubevirt: RuleGroup = {
  groups: ['kubevirt.io'],
  rules: [
    {
      kinds: ['VirtualMachine'],
      checks: [
        { when: "conditions.isTrue('Paused')", health: 'Suspended', message: 'the machine is paused' },
        {
          when: "conditions.isTrue('Failure')",
          health: 'Degraded',
          message: "${{ conditions.message('Failure') }}",
        },
        {
          when: "status.printableStatus in ['CrashLoopBackOff', 'ErrorUnschedulable', 'ErrImagePull', 'ImagePullBackOff', 'ErrorPvcNotFound', 'ErrorDataVolumeNotFound', 'DataVolumeError']",
          health: 'Degraded',
          message: "${{ status.printableStatus }} ${{ conditions.message('Ready') }}",
        },
        {
          when: "status.printableStatus == 'Stopped'",
          health: 'Suspended',
          message: 'the machine is stopped',
        },
      ],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
    {
      kinds: ['VirtualMachineInstance'],
      checks: [
        { when: "conditions.isTrue('Paused')", health: 'Suspended', message: 'the machine is paused' },
        { when: "status.phase == 'Failed'", health: 'Degraded' },
        { when: "status.phase == 'Succeeded'", health: 'Healthy' },
        { when: "conditions.isFalse('Synchronized')", health: 'Degraded' },
      ],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
    {
      kinds: ['VirtualMachineInstanceMigration'],
      phase: { at: 'status.phase', states: { Healthy: ['Succeeded'], Degraded: ['Failed'] } },
    },
    {
      kinds: ['KubeVirt'],
      checks: [
        {
          when: "conditions.isTrue('Degraded')",
          health: 'Degraded',
          message: "${{ conditions.message('Degraded') }}",
        },
        { when: "conditions.isTrue('Progressing')", health: 'Progressing' },
      ],
      condition: { type: 'Available', isFalse: 'Progressing' },
    },
  ],
};

export const containerizedDataImporter: RuleGroup = {
  groups: ['cdi.kubevirt.io'],
  rules: [
    {
      kinds: ['DataVolume'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['Succeeded'], Degraded: ['Failed', 'Unknown'], Suspended: ['Paused'] },
      },
    },
    {
      kinds: ['CDI'],
      checks: [{ when: "conditions.isTrue('Degraded')", health: 'Degraded' }],
      condition: { type: 'Available', isFalse: 'Progressing' },
    },
    {
      kinds: ['DataImportCron', 'DataSource'],
      condition: { type: 'Ready', isFalse: 'Progressing' },
      otherwise: 'Healthy',
    },
  ],
};

import type { RuleGroup } from '../rules/rule.ts';

/** https://rook.io/docs/rook/latest/CRDs/ */
export const rook: RuleGroup = {
  groups: ['ceph.rook.io'],
  rules: [
    {
      kinds: ['CephCluster'],
      checks: [
        { when: "status.state == 'Error' || status.phase == 'Failure'", health: 'Degraded' },
        {
          when: "status.ceph.health in ['HEALTH_WARN', 'HEALTH_ERR']",
          health: 'Degraded',
          message:
            "${{ status.ceph.health }}: ${{ status.ceph.details.map(name, name + ': ' + status.ceph.details[name].message).join('; ') }}",
        },
        {
          when: "status.ceph.health == 'HEALTH_OK' && status.?state.orValue('Created') in ['Created', 'Connected']",
          health: 'Healthy',
        },
      ],
    },
    { kinds: ['CephCOSIDriver'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['*'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Ready', 'Connected', 'Created'],
          Degraded: ['Failure', 'ReconcileFailed', 'Error'],
          Progressing: ['Progressing', 'Pending', 'Connecting', 'Deleting', 'Created but not ready'],
        },
      },
      condition: { type: 'Ready' },
    },
  ],
};

/** https://kubernetes.io/docs/concepts/storage/volume-snapshots/ */
export const volumeSnapshots: RuleGroup = {
  groups: ['snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io'],
  rules: [
    { kinds: ['VolumeSnapshotClass', 'VolumeGroupSnapshotClass'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['*'],
      checks: [
        // An error of an earlier attempt may stay beside a snapshot that is ready.
        { when: 'status.readyToUse == true', health: 'Healthy' },
        { when: 'has(status.error)', health: 'Degraded', message: '${{ status.error.message }}' },
      ],
    },
  ],
};

/** https://github.com/minio/operator : a sentence names the state. */
export const minio: RuleGroup = {
  groups: ['minio.min.io'],
  rules: [
    {
      kinds: ['Tenant'],
      phase: {
        at: 'status.currentState',
        states: {
          Healthy: ['Initialized'],
          Degraded: [
            'Another MinIO Tenant already exists in the namespace',
            'Different versions across MinIO Pools',
            'Pool Decommissioning Not Allowed',
            'Statefulset not controlled by operator',
            'Tenant credentials are not set properly',
          ],
        },
      },
    },
  ],
};

/** https://velero.io/docs/main/api-types/ */
export const velero: RuleGroup = {
  groups: ['velero.io'],
  rules: [
    {
      kinds: ['Backup', 'Restore', 'PodVolumeBackup', 'PodVolumeRestore', 'DataUpload', 'DataDownload'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Completed'],
          Degraded: [
            'Failed',
            'PartiallyFailed',
            'FailedValidation',
            'FinalizingPartiallyFailed',
            'Canceled',
          ],
        },
      },
    },
    {
      kinds: ['BackupStorageLocation', 'VolumeSnapshotLocation'],
      phase: { at: 'status.phase', states: { Healthy: ['Available'], Degraded: ['Unavailable'] } },
    },
    {
      kinds: ['Schedule'],
      suspended: 'spec.paused == true',
      phase: { at: 'status.phase', states: { Healthy: ['Enabled'], Degraded: ['FailedValidation'] } },
    },
    {
      kinds: ['BackupRepository'],
      phase: { at: 'status.phase', states: { Healthy: ['Ready'], Degraded: ['NotReady'] } },
    },
  ],
};

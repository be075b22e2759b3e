import type { Assignment, Bundle, Cluster, FleetStatus, Revision } from '@muster/api';

/** Small literal values of the API, to be changed where a spec cares. */
export const cluster: Cluster = {
  name: 'eu-1',
  uid: '1b6f',
  labels: { env: 'production', region: 'eu' },
  labelSources: { env: 'Git', region: 'Token' },
  annotations: {},
  definedIn: { file: 'clusters.muster.yaml', line: 3, column: 1 },
  enrolledAt: '2026-11-20T12:00:00.000Z',
  connected: true,
  lastSeen: '2026-11-21T11:59:55.000Z',
  kubernetesVersion: 'v1.36.3',
  agentVersion: '0.1.0',
  sync: 'Synced',
  health: 'Healthy',
  assignments: { total: 3, synced: 3, healthy: 3 },
  desired: { epoch: 1, generation: 7 },
  applied: { epoch: 1, generation: 7 },
  paused: null,
  removal: null,
};

export const silentCluster: Cluster = {
  ...cluster,
  name: 'us-1',
  labels: { env: 'staging' },
  connected: false,
  lastSeen: '2026-11-21T11:50:00.000Z',
  sync: 'Unknown',
  health: 'Unknown',
  assignments: { total: 2, synced: 0, healthy: 0 },
};

export const bundle: Bundle = {
  name: 'checkout',
  labels: { team: 'payments' },
  namespace: 'checkout',
  source: { kind: 'manifests', path: 'apps/checkout/manifests', include: ['**/*.yaml'] },
  definedIn: { file: 'apps/checkout/muster.yaml', line: 1, column: 1 },
  state: 'Good',
  revision: '1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b',
  problems: [],
  targets: 3,
  synced: 3,
  healthy: 2,
  sync: 'Synced',
  health: 'Progressing',
  objectCount: 5,
  paused: null,
};

export const failingBundle: Bundle = {
  ...bundle,
  name: 'search',
  state: 'Failing',
  problems: [
    {
      file: 'apps/search/deployment.yaml',
      line: 12,
      column: 3,
      field: '',
      message: 'A tab is used to indent.',
    },
    { file: 'apps/search/service.yaml', line: 1, column: null, field: '', message: 'No kind.' },
  ],
};

export const revision: Revision = {
  sha: '1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b',
  message: 'Raise the replicas\n\nBecause of the sale.',
  author: 'Ann',
  committedAt: '2026-11-21T11:58:00.000Z',
  state: 'Good',
  newest: true,
  problems: [],
  bundles: { total: 2, failing: 0 },
  failures: [],
  seenAt: '2026-11-21T11:58:01.000Z',
  resolveMs: 41.7,
};

export const assignment: Assignment = {
  cluster: 'eu-1',
  bundle: 'checkout',
  revision: revision.sha,
  manifestDigest: `sha256:${'ab'.repeat(32)}`,
  sync: 'Synced',
  health: 'Healthy',
  reason: 'Applied',
  message: '',
  warnings: [],
  objectCount: 5,
  objectProblemCount: 0,
  objects: [],
  observedAt: '2026-11-21T11:59:30.000Z',
  lastKnown: null,
  paused: false,
};

export const status: FleetStatus = {
  fleet: '0d5e',
  version: '0.1.0',
  epoch: 1,
  repo: { url: '/srv/fleet', ref: 'main', path: '', fetchedAt: '2026-11-21T11:59:50.000Z', error: null },
  newestRevision: revision,
  goodRevision: revision,
  clusters: {
    total: 2,
    connected: 1,
    paused: 0,
    sync: { Synced: 1, OutOfSync: 0, Unknown: 1 },
    health: { Healthy: 1, Progressing: 0, Degraded: 0, Suspended: 0, Missing: 0, Unknown: 1 },
  },
  bundles: { total: 2, failing: 0, paused: 0 },
  assignments: {
    total: 5,
    sync: { Synced: 3, OutOfSync: 0, Unknown: 2 },
    health: { Healthy: 3, Progressing: 0, Degraded: 0, Suspended: 0, Missing: 0, Unknown: 2 },
  },
  pauses: [],
  attention: [],
};

import * as wire from '@muster/contracts';
import { encodeParts } from '@muster/transport';

const version = { epoch: 3n, generation: 41n };
const manifestDigest = `sha256:${'ab'.repeat(32)}`;
const secretDigest = `hmac-sha256:${'cd'.repeat(32)}`;

export interface Frame {
  readonly name: string;
  readonly from: 'agent' | 'hub';
  readonly message: string;
  /** One sentence, for the README. */
  readonly what: string;
  readonly bytes: Uint8Array;
}

const facts: wire.Facts = {
  kubernetesVersion: 'v1.36.3',
  apiResources: ['apps/v1/Deployment', 'v1/ConfigMap', 'v1/Secret'],
  complete: true,
  platform: 'linux/amd64',
};

const status: wire.AssignmentStatus = {
  bundle: 'checkout',
  manifestDigest,
  version,
  sync: wire.SyncStatus.SYNC_STATUS_OUT_OF_SYNC,
  health: wire.HealthStatus.HEALTH_STATUS_DEGRADED,
  reason: 'Failed',
  message: '1 of 3 objects is not as it should be',
  objects: [
    {
      object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'checkout', name: 'web' },
      sync: wire.SyncStatus.SYNC_STATUS_SYNCED,
      health: wire.HealthStatus.HEALTH_STATUS_DEGRADED,
      reason: 'Unhealthy',
      message: 'ProgressDeadlineExceeded',
      differences: [],
    },
  ],
  objectCount: 3,
  objectProblemCount: 1,
  warnings: ['argocd.argoproj.io/sync-wave does not act yet'],
  observedAtUnixMs: 1_795_262_400_123n,
  gone: false,
};

/** Of a bundle that only reports what others changed. */
const drifted = wire.AssignmentStatus.fromPartial({
  ...status,
  sync: wire.SyncStatus.SYNC_STATUS_OUT_OF_SYNC,
  reason: 'Drifted',
  objects: [
    {
      object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'checkout', name: 'web' },
      sync: wire.SyncStatus.SYNC_STATUS_OUT_OF_SYNC,
      health: wire.HealthStatus.HEALTH_STATUS_HEALTHY,
      reason: 'Drifted',
      message: 'it differs from its manifest in /spec/replicas (kubectl-scale); its bundle only reports that',
      differences: [
        { path: '/spec/replicas', desired: '2', live: '5', manager: 'kubectl-scale' },
        { path: '/metadata/labels/team', desired: '"payments"', live: '', manager: '' },
      ],
    },
  ],
});

/** The content of the announcement frames; its digest is in them. */
export const desiredState: wire.DesiredState = {
  version,
  assignments: [
    {
      bundle: 'checkout',
      manifestDigest,
      policy: Buffer.from('{"namespace":"checkout","version":1}'),
      revision: '0123456789abcdef0123456789abcdef01234567',
      requiredFeatures: ['manifests/v1'],
      paused: true,
    },
  ],
  paused: true,
  pruneHolds: [{ bundle: 'payments', reason: 'it has no rendering yet' }],
  deletionConsents: [{ bundle: 'legacy' }],
  deletionGuard: { maxPercent: 30, maxObjects: 10 },
  pausedLeaving: [],
};

/** Of a cluster that leaves the fleet with its workloads. */
export const leavingState: wire.DesiredState = {
  ...desiredState,
  assignments: [],
  paused: false,
  pruneHolds: [],
  pausedLeaving: ['legacy'],
};

export const agentMessages = {
  hello: {
    $case: 'hello',
    value: {
      agentVersion: '0.1.0',
      features: ['manifests/v1', 'policy/v1', 'pause/v1', 'prune-hold/v1', 'deletion-consent/v1'],
      clusterUid: '5f0c1c2e-7d0b-4a55-9d2f-3f6f1f0a7c11',
      facts,
      held: version,
      heldDigest: Buffer.alloc(32, 0x42),
      instance: 'a1b2c3d4',
    },
  },
  heartbeat: { $case: 'heartbeat', value: { count: 7n } },
  report: {
    $case: 'report',
    value: {
      sequence: 1n,
      assignments: [status],
      complete: true,
      applied: version,
      refused: undefined,
      emptied: undefined,
    },
  },
  'report-gone': {
    $case: 'report',
    value: {
      sequence: 2n,
      assignments: [
        wire.AssignmentStatus.fromPartial({ bundle: 'legacy', version, reason: 'Applied', gone: true }),
      ],
      complete: false,
      applied: undefined,
      refused: undefined,
      emptied: undefined,
    },
  },
  'report-refused': {
    $case: 'report',
    value: {
      sequence: 3n,
      assignments: [],
      complete: false,
      applied: version,
      refused: {
        version: { epoch: version.epoch, generation: version.generation + 1n },
        message: 'what came is not what its digest names',
      },
      emptied: undefined,
    },
  },
  'report-emptied': {
    $case: 'report',
    value: {
      sequence: 4n,
      assignments: [],
      complete: false,
      applied: version,
      refused: undefined,
      emptied: version,
    },
  },
  'report-drifted': {
    $case: 'report',
    value: {
      sequence: 5n,
      assignments: [drifted],
      complete: false,
      applied: version,
      refused: undefined,
      emptied: undefined,
    },
  },
  facts: { $case: 'facts', value: { ...facts, complete: false } },
  'response-chunk': { $case: 'responseChunk', value: { id: 1n, data: Buffer.from('synced'), gzip: false } },
  'response-end': { $case: 'responseEnd', value: { id: 1n, code: 0, message: '' } },
} as const satisfies Record<string, NonNullable<wire.ConnectRequest['message']>>;

const object: wire.ObjectQuery = { group: 'apps', kind: 'Deployment', namespace: 'checkout', name: 'web' };

function inspection(id: bigint, request: NonNullable<wire.Request['request']>) {
  return { $case: 'request', value: { id, request, traceparent: '', window: 16 } } as const;
}

const node: wire.TreeNode = {
  object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'checkout', name: 'web' },
  uid: '5f0c1c2e-7d0b-4a55-9d2f-3f6f1f0a7c12',
  parentUid: '5f0c1c2e-7d0b-4a55-9d2f-3f6f1f0a7c13',
  health: wire.HealthStatus.HEALTH_STATUS_DEGRADED,
  message: 'ProgressDeadlineExceeded',
  createdAtUnixMs: 1_795_262_400_000n,
  terminating: true,
};
const source: wire.LogSource = { namespace: 'checkout', pod: 'web-5d8f', container: 'web' };

/** What answers to inspections are made of, one of each. */
export const inspectParts: readonly wire.InspectPart[] = [
  { part: { $case: 'node', value: node } },
  { part: { $case: 'object', value: { node, json: Buffer.from('{"kind":"Deployment"}') } } },
  {
    part: {
      $case: 'difference',
      value: {
        object: node.object,
        change: wire.ObjectDifference_Change.CHANGE_UPDATE,
        fields: [{ path: '/spec/replicas', desired: '3', live: '5', manager: 'kubectl-scale' }],
        message: 'one field',
      },
    },
  },
  {
    part: {
      $case: 'event',
      value: {
        object: node.object,
        type: 'Warning',
        reason: 'FailedScheduling',
        message: '0/3 nodes are available',
        count: 4,
        firstAtUnixMs: 1_795_262_300_000n,
        lastAtUnixMs: 1_795_262_400_000n,
        source: 'default-scheduler',
      },
    },
  },
  { part: { $case: 'source', value: source } },
  { part: { $case: 'line', value: { source, text: 'listening on :8080' } } },
  { part: { $case: 'notice', value: 'events of one namespace may not be listed' } },
];

export const hubMessages = {
  welcome: {
    $case: 'welcome',
    value: {
      session: 12n,
      fleet: '9d7f9f0e-1d51-4a67-8f4a-6f1d0c6a5b21',
      clusterName: 'edge-1',
      heartbeatIntervalMs: 10_000,
      leaseMs: 30_000,
      hubVersion: '0.1.0',
    },
  },
  'hub-heartbeat': { $case: 'heartbeat', value: { count: 3n } },
  'report-ack': { $case: 'reportAck', value: { sequence: 1n } },
  'request-sync-now': {
    $case: 'request',
    value: {
      id: 1n,
      request: { $case: 'syncNow', value: { bundle: 'checkout' } },
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      window: 0,
    },
  },
  'request-inspect-tree': inspection(2n, { $case: 'inspectTree', value: { bundle: 'checkout' } }),
  'request-inspect-object': inspection(3n, { $case: 'inspectObject', value: { bundle: 'checkout', object } }),
  'request-inspect-differences': inspection(4n, {
    $case: 'inspectDifferences',
    value: { bundle: 'checkout', object: undefined },
  }),
  'request-inspect-events': inspection(5n, {
    $case: 'inspectEvents',
    value: { bundle: 'checkout', object: undefined },
  }),
  'request-inspect-logs': inspection(6n, {
    $case: 'inspectLogs',
    value: {
      bundle: 'checkout',
      object,
      container: 'web',
      follow: true,
      previous: true,
      tailLines: 100,
      sinceSeconds: 60,
    },
  }),
  'response-credit': { $case: 'responseCredit', value: { id: 6n, chunks: 8 } },
  'request-cancel': { $case: 'requestCancel', value: { id: 1n } },
  removed: { $case: 'removed', value: { reason: 'removed by admin' } },
  goodbye: {
    $case: 'goodbye',
    value: {
      reason: wire.Goodbye_Reason.REASON_SHUTTING_DOWN,
      reconnectAfterMs: 2_000,
      message: 'the hub is shutting down',
    },
  },
} as const satisfies Record<string, NonNullable<wire.ConnectResponse['message']>>;

export const fetchRequest: wire.FetchRequest = { digests: [manifestDigest, secretDigest] };

const WHAT: Record<keyof typeof agentMessages | keyof typeof hubMessages, string> = {
  hello: 'The first message of a session, with everything that it can say.',
  heartbeat: 'I am here.',
  report: 'The first report of a session, and with it everything is told.',
  'report-gone': 'A bundle has left the cluster, and nothing of it remains.',
  'report-refused': 'The newest state could not be taken on; the one before goes on.',
  'report-drifted': 'Fields of an object differ from its manifest, and its bundle only reports that.',
  'report-emptied': 'Nothing remains of what was applied: the cluster may be removed.',
  facts: 'Facts while a part of the discovery fails.',
  'response-chunk': 'A part of the answer to request 1.',
  'response-end': 'The answer to request 1 is complete.',
  welcome: 'The session is open.',
  'hub-heartbeat': 'The hub is here.',
  'report-ack': 'Reports up to 1 are durable.',
  'request-sync-now': 'Check one bundle now.',
  'request-inspect-tree': 'What a bundle has in the cluster.',
  'request-inspect-object': 'One object of a bundle.',
  'request-inspect-differences': 'What applying would change.',
  'request-inspect-events': "Kubernetes' events of a bundle.",
  'request-inspect-logs': 'The logs of a Deployment, with everything that can be said.',
  'response-credit': 'Eight chunks were taken: as many may come.',
  'request-cancel': 'The answer is not wanted any more.',
  removed: 'The cluster is no longer of the fleet.',
  goodbye: 'The hub restarts: come back in two seconds, plus up to two more.',
};

/** Every kind of message whose bytes depend on nothing but this file. */
export function frames(): Frame[] {
  const said = (name: keyof typeof WHAT, from: Frame['from'], message: string, bytes: Uint8Array): Frame => {
    return { name, from, message, what: WHAT[name], bytes };
  };
  return [
    ...entries(agentMessages).map(([name, message]) =>
      said(name, 'agent', 'ConnectRequest', wire.ConnectRequest.encode({ message }).finish()),
    ),
    ...entries(hubMessages).map(([name, message]) =>
      said(name, 'hub', 'ConnectResponse', wire.ConnectResponse.encode({ message }).finish()),
    ),
    {
      name: 'fetch-request',
      from: 'agent',
      message: 'FetchRequest',
      what: 'A manifest or object, and a Secret.',
      bytes: wire.FetchRequest.encode(fetchRequest).finish(),
    },
    {
      name: 'inspect-parts',
      from: 'agent',
      message: 'InspectPart',
      what: 'One of each part of answers to inspections, as they stand in chunks: each with its length before it.',
      bytes: encodeParts(inspectParts),
    },
    {
      name: 'desired-state',
      from: 'hub',
      message: 'DesiredState',
      what: 'What announcements carry, with everything that it can say.',
      bytes: wire.DesiredState.encode(desiredState).finish(),
    },
    {
      name: 'desired-state-leaving',
      from: 'hub',
      message: 'DesiredState',
      what: 'Of a cluster that leaves the fleet with its workloads, while a bundle that left it is paused.',
      bytes: wire.DesiredState.encode(leavingState).finish(),
    },
  ];
}

function entries<T extends Record<string, unknown>>(table: T): [keyof T & string, T[keyof T]][] {
  return Object.entries(table) as [keyof T & string, T[keyof T]][];
}

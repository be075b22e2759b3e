import {
  AssignmentPage,
  Assignment,
  Bundle,
  BundlePage,
  ChangeNotice,
  Cluster,
  ClusterLabelsRequest,
  ClusterRemovalQuery,
  ClusterPage,
  DeletionConsentRequest,
  DeletionConsentResult,
  FleetEventPage,
  FleetObjectPage,
  FleetStatus,
  HubVersion,
  JoinTokenPage,
  JoinTokenRequest,
  type ListName,
  NewJoinToken,
  PauseList,
  PausePage,
  PauseRequest,
  RecoveryRequest,
  RecoveryResult,
  ResumeQuery,
  Revision,
  RevisionPage,
  SyncRequest,
  SyncResult,
} from '@muster/api';
import type { z } from 'zod';

/** One way to call the API, as the document tells it. Parameters of the path are those in braces. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** A list: has its filters, sort and paging as query. */
  readonly list?: ListName;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: {
    readonly status: 200 | 201 | 204;
    readonly schema?: z.ZodType;
    readonly type?: 'text/event-stream';
  };
  /** Besides 400, 401 and 500, which any may have. */
  readonly problems?: readonly (404 | 409)[];
}

/** Everything under `/api/v1` but the document itself. A test holds it against the routes that there are. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/clusters',
    id: 'listClusters',
    summary: 'Clusters with their status.',
    list: 'clusters',
    answer: { status: 200, schema: ClusterPage },
  },
  {
    method: 'get',
    path: '/clusters/{name}',
    id: 'getCluster',
    summary: 'One cluster.',
    answer: { status: 200, schema: Cluster },
    problems: [404],
  },
  {
    method: 'post',
    path: '/clusters/{name}/labels',
    id: 'setClusterLabels',
    summary: "Changes a cluster's labels in the hub's register; those of Git go before them.",
    body: ClusterLabelsRequest,
    answer: { status: 200, schema: Cluster },
    problems: [404, 409],
  },
  {
    method: 'delete',
    path: '/clusters/{name}',
    id: 'removeCluster',
    summary:
      'Removes a cluster: its agent stops, its workloads stay; or they are deleted first, and it is removed once nothing remains.',
    query: ClusterRemovalQuery,
    answer: { status: 204 },
    problems: [404, 409],
  },
  {
    method: 'get',
    path: '/bundles',
    id: 'listBundles',
    summary: 'Bundles of the newest good revision, with their status over the fleet.',
    list: 'bundles',
    answer: { status: 200, schema: BundlePage },
  },
  {
    method: 'get',
    path: '/bundles/{name}',
    id: 'getBundle',
    summary: 'One bundle.',
    answer: { status: 200, schema: Bundle },
    problems: [404],
  },
  {
    method: 'get',
    path: '/revisions',
    id: 'listRevisions',
    summary: 'Commits of the fleet repo that the hub has seen.',
    list: 'revisions',
    answer: { status: 200, schema: RevisionPage },
  },
  {
    method: 'get',
    path: '/revisions/{sha}',
    id: 'getRevision',
    summary: 'One commit; its sha may be abbreviated.',
    answer: { status: 200, schema: Revision },
    problems: [404, 409],
  },
  {
    method: 'get',
    path: '/assignments',
    id: 'listAssignments',
    summary: 'Bundles on clusters, also those that are about to leave.',
    list: 'assignments',
    answer: { status: 200, schema: AssignmentPage },
  },
  {
    method: 'get',
    path: '/assignments/{cluster}/{bundle}',
    id: 'getAssignment',
    summary: 'One bundle on one cluster.',
    answer: { status: 200, schema: Assignment },
    problems: [404],
  },
  {
    method: 'get',
    path: '/objects',
    id: 'listObjects',
    summary: 'Objects of the manifests of assignments, and those that assignments still own.',
    list: 'objects',
    answer: { status: 200, schema: FleetObjectPage },
  },
  {
    method: 'get',
    path: '/join-tokens',
    id: 'listJoinTokens',
    summary: 'Join tokens, without their secrets.',
    list: 'join-tokens',
    answer: { status: 200, schema: JoinTokenPage },
  },
  {
    method: 'post',
    path: '/join-tokens',
    id: 'createJoinToken',
    summary: 'Makes a join token. Its secret is shown in this answer only.',
    body: JoinTokenRequest,
    answer: { status: 201, schema: NewJoinToken },
  },
  {
    method: 'delete',
    path: '/join-tokens/{id}',
    id: 'revokeJoinToken',
    summary: 'Revokes a join token. Clusters that joined with it stay.',
    answer: { status: 204 },
    problems: [404],
  },
  {
    method: 'get',
    path: '/status',
    id: 'getStatus',
    summary: 'The fleet at a glance.',
    answer: { status: 200, schema: FleetStatus },
  },
  {
    method: 'get',
    path: '/version',
    id: 'getVersion',
    summary: 'Which hub this is.',
    answer: { status: 200, schema: HubVersion },
  },
  {
    method: 'get',
    path: '/pauses',
    id: 'listPauses',
    summary: 'What is paused, the widest first.',
    list: 'pauses',
    answer: { status: 200, schema: PausePage },
  },
  {
    method: 'post',
    path: '/pauses',
    id: 'pause',
    summary: 'Stops all writes to what it covers. Answers the pauses that now stand for it.',
    body: PauseRequest,
    answer: { status: 200, schema: PauseList },
    problems: [404],
  },
  {
    method: 'delete',
    path: '/pauses',
    id: 'resume',
    summary: 'Lifts pauses, and answers those that were lifted.',
    query: ResumeQuery,
    answer: { status: 200, schema: PauseList },
    problems: [404],
  },
  {
    method: 'post',
    path: '/deletion-consents',
    id: 'consentToDeletions',
    summary: "Lets a bundle's deletions go on that wait for consent, until the next change.",
    body: DeletionConsentRequest,
    answer: { status: 200, schema: DeletionConsentResult },
    problems: [404],
  },
  {
    method: 'post',
    path: '/sync',
    id: 'sync',
    summary: 'Looks at the repo now, and has agents check their clusters now.',
    body: SyncRequest,
    answer: { status: 200, schema: SyncResult },
    problems: [404],
  },
  {
    method: 'post',
    path: '/recovery',
    id: 'recover',
    summary: 'After the database was restored from a backup: raises the epoch, so that agents follow again.',
    body: RecoveryRequest,
    answer: { status: 200, schema: RecoveryResult },
  },
  {
    method: 'get',
    path: '/events',
    id: 'listEvents',
    summary: 'Who did what, and what befell the fleet, the latest first.',
    list: 'events',
    answer: { status: 200, schema: FleetEventPage },
  },
  {
    method: 'get',
    path: '/events/stream',
    id: 'streamEvents',
    summary: 'Server-sent events "changed" that say what is worth reading again.',
    answer: { status: 200, schema: ChangeNotice, type: 'text/event-stream' },
  },
];

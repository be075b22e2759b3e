import { stringify } from 'yaml';
import { agentNamespace } from '../resources.ts';
import { rbacOf } from './rbac.ts';
import type { Rights } from './rights.ts';

export interface AgentManifestsOptions {
  readonly image: string;
  /** `host:port` of the hub's enrolment listener, as the cluster reaches it. */
  readonly hub: string;
  /** Where sessions are served, if not where the hub says. */
  readonly hubSession?: string;
  readonly joinToken: string;
  /** Default: the token's. */
  readonly clusterName?: string;
  /** Absent: it is an administrator. */
  readonly rights?: Rights;
}

const name = 'muster-agent';
/** The agent deletes it when it is enrolled. */
const joinSecret = 'muster-agent-join';
const healthPort = 8081;
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'muster' };
const metadata = { name, namespace: agentNamespace, labels };

/** Whatever a fleet repo may say the agent must be able to do, RBAC included. */
const administrator = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name, labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name, namespace: agentNamespace }],
};

/** Everything that an agent needs in its cluster, for `kubectl apply -f -`. */
export function agentManifests(options: AgentManifestsOptions): string {
  const documents = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: agentNamespace, labels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...(options.rights === undefined ? [administrator] : rbacOf(options.rights, labels)),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, name: joinSecret },
      type: 'Opaque',
      stringData: { token: options.joinToken },
    },
    deployment(options),
  ];
  return documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n');
}

function deployment({ image, hub, hubSession, clusterName, rights }: AgentManifestsOptions): object {
  const namespaces = rights?.namespaces?.join(',');
  const env = [
    { name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
    { name: 'MUSTER_HUB', value: hub },
    ...(hubSession ? [{ name: 'MUSTER_HUB_SESSION', value: hubSession }] : []),
    ...(clusterName ? [{ name: 'MUSTER_CLUSTER_NAME', value: clusterName }] : []),
    ...(namespaces ? [{ name: 'MUSTER_NAMESPACES', value: namespaces }] : []),
    { name: 'MUSTER_JOIN_TOKEN_SECRET', value: joinSecret },
    { name: 'MUSTER_HEALTH_LISTEN', value: `:${healthPort}` },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      // Two would only wait for each other's Lease.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [
            {
              name: 'agent',
              image,
              env,
              ports: [{ name: 'health', containerPort: healthPort }],
              // A process that answers nothing for two minutes will not mend itself.
              livenessProbe: {
                httpGet: { path: '/healthz', port: 'health' },
                periodSeconds: 20,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '256Mi' } },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 65532,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ],
        },
      },
    },
  };
}

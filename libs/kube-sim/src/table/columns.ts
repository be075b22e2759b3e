import { isObject, listAt, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { humanDuration } from './duration.ts';

/** One column: its heading, and the cell of an object. `wide` columns show with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly cell: (object: JsonObject, now: number) => Json;
  readonly wide?: true;
}

const none = '<none>';
const text = (name: string, cell: Column['cell']): Column => ({ name, type: 'string', cell });
const wide = (name: string, cell: Column['cell']): Column => ({ ...text(name, cell), wide: true });
const count = (name: string, cell: Column['cell']): Column => ({ name, type: 'integer', cell });

const ageOf = (time: string | undefined, now: number): string =>
  time === undefined ? '<unknown>' : humanDuration(now - Date.parse(time));

export const nameColumn: Column = text('Name', (object) => textAt(object, 'metadata', 'name') ?? '');
export const ageColumn: Column = text('Age', (object, now) =>
  ageOf(textAt(object, 'metadata', 'creationTimestamp'), now),
);

const number = (object: JsonObject, ...path: readonly string[]): number => numberAt(object, ...path) ?? 0;
const textOf = (object: JsonObject, ...path: readonly string[]): string => textAt(object, ...path) ?? none;
const joined = (values: readonly Json[]): string =>
  values.length === 0
    ? none
    : values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(',');
const keys = (value: JsonObject | undefined): number => Object.keys(value ?? {}).length;

const labelsText = (labels: JsonObject | undefined): string =>
  joined(
    Object.entries(labels ?? {}).map(([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`),
  );

const containers =
  (field: string) =>
  (object: JsonObject): Json =>
    joined(listAt(object, 'spec', 'template', 'spec', 'containers').map((one) => textAt(one, field) ?? ''));

const workloadWide = [
  wide('Containers', containers('name')),
  wide('Images', containers('image')),
  wide('Selector', (object) => labelsText(objectAt(object, 'spec', 'selector', 'matchLabels'))),
];

const portText = (port: Json): string => {
  const nodePort = numberAt(port, 'nodePort');
  return `${numberAt(port, 'port') ?? ''}${nodePort === undefined ? '' : `:${nodePort}`}/${textAt(port, 'protocol') ?? 'TCP'}`;
};

const podStatus = (object: JsonObject): string => {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  return textAt(object, 'status', 'reason') ?? textOf(object, 'status', 'phase');
};

const podReady = (object: JsonObject): string => {
  const statuses = listAt(object, 'status', 'containerStatuses');
  const ready = statuses.filter((status) => isObject(status) && status['ready'] === true).length;
  return `${ready}/${listAt(object, 'spec', 'containers').length}`;
};

const restarts = (object: JsonObject): number =>
  listAt(object, 'status', 'containerStatuses').reduce(
    (sum: number, one) => sum + (numberAt(one, 'restartCount') ?? 0),
    0,
  );

const readyOf = (object: JsonObject): string =>
  `${number(object, 'status', 'readyReplicas')}/${number(object, 'spec', 'replicas')}`;

const conditionOf = (object: JsonObject, type: string): Json | undefined =>
  listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);

const roleText = (object: JsonObject): string =>
  `${textOf(object, 'roleRef', 'kind')}/${textOf(object, 'roleRef', 'name')}`;

/** By group and kind: the columns that kubectl's users know. Others show name and age. */
export const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  '/ConfigMap': [
    nameColumn,
    count('Data', (object) => keys(objectAt(object, 'data')) + keys(objectAt(object, 'binaryData'))),
    ageColumn,
  ],
  '/Secret': [
    nameColumn,
    text('Type', (object) => textOf(object, 'type')),
    count('Data', (object) => keys(objectAt(object, 'data'))),
    ageColumn,
  ],
  '/Namespace': [nameColumn, text('Status', (object) => textOf(object, 'status', 'phase')), ageColumn],
  '/Node': [
    nameColumn,
    text('Status', (object) =>
      textAt(conditionOf(object, 'Ready'), 'status') === 'True' ? 'Ready' : 'NotReady',
    ),
    text('Roles', () => none),
    ageColumn,
    text('Version', (object) => textOf(object, 'status', 'nodeInfo', 'kubeletVersion')),
  ],
  '/Service': [
    nameColumn,
    text('Type', (object) => textOf(object, 'spec', 'type')),
    text('Cluster-IP', (object) => textOf(object, 'spec', 'clusterIP')),
    text(
      'External-IP',
      (object) => textAt(object, 'spec', 'externalName') ?? joined(listAt(object, 'spec', 'externalIPs')),
    ),
    text('Port(s)', (object) => joined(listAt(object, 'spec', 'ports').map(portText))),
    ageColumn,
    wide('Selector', (object) => labelsText(objectAt(object, 'spec', 'selector'))),
  ],
  '/Pod': [
    nameColumn,
    text('Ready', podReady),
    text('Status', podStatus),
    text('Restarts', (object) => String(restarts(object))),
    ageColumn,
    wide('IP', (object) => textOf(object, 'status', 'podIP')),
    wide('Node', (object) => textOf(object, 'spec', 'nodeName')),
    wide('Nominated Node', (object) => textOf(object, 'status', 'nominatedNodeName')),
    wide('Readiness Gates', () => none),
  ],
  '/ServiceAccount': [nameColumn, count('Secrets', (object) => listAt(object, 'secrets').length), ageColumn],
  '/Event': [
    text('Last Seen', (object, now) =>
      ageOf(textAt(object, 'lastTimestamp') ?? textAt(object, 'metadata', 'creationTimestamp'), now),
    ),
    text('Type', (object) => textOf(object, 'type')),
    text('Reason', (object) => textOf(object, 'reason')),
    text(
      'Object',
      (object) =>
        `${textOf(object, 'involvedObject', 'kind').toLowerCase()}/${textOf(object, 'involvedObject', 'name')}`,
    ),
    text('Message', (object) => textOf(object, 'message')),
  ],
  '/PersistentVolumeClaim': [
    nameColumn,
    text('Status', (object) => textOf(object, 'status', 'phase')),
    text('Volume', (object) => textAt(object, 'spec', 'volumeName') ?? ''),
    text('Capacity', (object) => textAt(object, 'status', 'capacity', 'storage') ?? ''),
    text('Access Modes', (object) => joined(listAt(object, 'spec', 'accessModes'))),
    text('StorageClass', (object) => textAt(object, 'spec', 'storageClassName') ?? ''),
    ageColumn,
  ],
  'apps/Deployment': [
    nameColumn,
    text('Ready', readyOf),
    count('Up-to-date', (object) => number(object, 'status', 'updatedReplicas')),
    count('Available', (object) => number(object, 'status', 'availableReplicas')),
    ageColumn,
    ...workloadWide,
  ],
  'apps/ReplicaSet': [
    nameColumn,
    count('Desired', (object) => number(object, 'spec', 'replicas')),
    count('Current', (object) => number(object, 'status', 'replicas')),
    count('Ready', (object) => number(object, 'status', 'readyReplicas')),
    ageColumn,
    ...workloadWide,
  ],
  'apps/StatefulSet': [nameColumn, text('Ready', readyOf), ageColumn, ...workloadWide.slice(0, 2)],
  'apps/DaemonSet': [
    nameColumn,
    count('Desired', (object) => number(object, 'status', 'desiredNumberScheduled')),
    count('Current', (object) => number(object, 'status', 'currentNumberScheduled')),
    count('Ready', (object) => number(object, 'status', 'numberReady')),
    count('Up-to-date', (object) => number(object, 'status', 'updatedNumberScheduled')),
    count('Available', (object) => number(object, 'status', 'numberAvailable')),
    text('Node Selector', (object) =>
      labelsText(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ),
    ageColumn,
    ...workloadWide,
  ],
  'batch/Job': [
    nameColumn,
    text('Status', (object) =>
      textAt(conditionOf(object, 'Complete'), 'status') === 'True'
        ? 'Complete'
        : textAt(conditionOf(object, 'Failed'), 'status') === 'True'
          ? 'Failed'
          : 'Running',
    ),
    text(
      'Completions',
      (object) => `${number(object, 'status', 'succeeded')}/${number(object, 'spec', 'completions')}`,
    ),
    ageColumn,
  ],
  'batch/CronJob': [
    nameColumn,
    text('Schedule', (object) => textOf(object, 'spec', 'schedule')),
    text('Timezone', (object) => textOf(object, 'spec', 'timeZone')),
    text('Suspend', (object) => (objectAt(object, 'spec')?.['suspend'] === true ? 'True' : 'False')),
    count('Active', (object) => listAt(object, 'status', 'active').length),
    text('Last Schedule', (object, now) => {
      const time = textAt(object, 'status', 'lastScheduleTime');
      return time === undefined ? none : ageOf(time, now);
    }),
    ageColumn,
  ],
  'networking.k8s.io/Ingress': [
    nameColumn,
    text('Class', (object) => textOf(object, 'spec', 'ingressClassName')),
    text('Hosts', (object) =>
      joined(listAt(object, 'spec', 'rules').map((rule) => textAt(rule, 'host') ?? '*')),
    ),
    text('Address', () => ''),
    text('Ports', (object) => (listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  'networking.k8s.io/NetworkPolicy': [
    nameColumn,
    text('Pod-Selector', (object) => labelsText(objectAt(object, 'spec', 'podSelector', 'matchLabels'))),
    ageColumn,
  ],
  'rbac.authorization.k8s.io/RoleBinding': [nameColumn, text('Role', roleText), ageColumn],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [nameColumn, text('Role', roleText), ageColumn],
  'rbac.authorization.k8s.io/Role': [
    nameColumn,
    text('Created At', (object) => textOf(object, 'metadata', 'creationTimestamp')),
  ],
  'rbac.authorization.k8s.io/ClusterRole': [
    nameColumn,
    text('Created At', (object) => textOf(object, 'metadata', 'creationTimestamp')),
  ],
  'apiextensions.k8s.io/CustomResourceDefinition': [
    nameColumn,
    text('Created At', (object) => textOf(object, 'metadata', 'creationTimestamp')),
  ],
  'coordination.k8s.io/Lease': [
    nameColumn,
    text('Holder', (object) => textAt(object, 'spec', 'holderIdentity') ?? ''),
    ageColumn,
  ],
  'storage.k8s.io/StorageClass': [
    nameColumn,
    text('Provisioner', (object) => textOf(object, 'provisioner')),
    ageColumn,
  ],
};

import { isObject, listAt, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { clientConfigOf } from '../admission/webhook.ts';
import { isTerminating, nameOf, namespaceOf, timestamp } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { remove } from '../operations/delete.ts';
import { updateObject } from '../operations/write.ts';
import { customSchema } from '../registry/crd-schema.ts';
import {
  apiVersionOf,
  storageOf,
  type PrinterColumn,
  type ServedResource,
  type WebhookConversion,
} from '../registry/served-resource.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { WorkQueue, type Controller } from './controller.ts';

const storage = 'apiextensions.k8s.io/customresourcedefinitions';
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const subresourceVerbs = ['get', 'patch', 'update'];

const texts = (list: readonly Json[]): string[] => list.filter((item) => typeof item === 'string');

const columnOf = (raw: Json): PrinterColumn => ({
  name: textAt(raw, 'name') ?? '',
  type: textAt(raw, 'type') ?? 'string',
  jsonPath: textAt(raw, 'jsonPath') ?? '',
  priority: numberAt(raw, 'priority') ?? 0,
});

const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  priority: 0,
};

const conversionOf = (spec: JsonObject): WebhookConversion | undefined => {
  const webhook = objectAt(spec, 'conversion', 'webhook');
  if (textAt(spec, 'conversion', 'strategy') !== 'Webhook' || webhook === undefined) return undefined;
  const stored = listAt(spec, 'versions').find((version) => isObject(version) && version['storage'] === true);
  return {
    client: clientConfigOf(objectAt(webhook, 'clientConfig')),
    reviewVersion: texts(listAt(webhook, 'conversionReviewVersions'))[0] ?? 'v1',
    storageApiVersion: apiVersionOf(textAt(spec, 'group') ?? '', textAt(stored, 'name') ?? ''),
  };
};

/** What a CRD makes the cluster serve: a resource for each served version. */
export const resourcesOf = (crd: JsonObject): readonly ServedResource[] => {
  const spec = objectAt(crd, 'spec') ?? {};
  const names = objectAt(spec, 'names') ?? {};
  const [group, plural, kind] = [
    textAt(spec, 'group') ?? '',
    textAt(names, 'plural') ?? '',
    textAt(names, 'kind') ?? '',
  ];
  const conversion = conversionOf(spec);
  return listAt(spec, 'versions')
    .filter((version) => isObject(version) && version['served'] === true)
    .map((version): ServedResource => {
      const name = textAt(version, 'name') ?? '';
      const hasStatus = objectAt(version, 'subresources', 'status') !== undefined;
      const columns = listAt(version, 'additionalPrinterColumns').map(columnOf);
      return {
        group,
        version: name,
        apiVersion: apiVersionOf(group, name),
        plural,
        singular: textAt(names, 'singular') ?? kind.toLowerCase(),
        kind,
        listKind: textAt(names, 'listKind') ?? `${kind}List`,
        namespaced: textAt(spec, 'scope') === 'Namespaced',
        verbs,
        shortNames: texts(listAt(names, 'shortNames')),
        categories: texts(listAt(names, 'categories')),
        subresources: hasStatus ? [{ name: 'status', verbs: subresourceVerbs, kind }] : [],
        schema: customSchema(objectAt(version, 'schema', 'openAPIV3Schema')),
        storage: storageOf(group, plural),
        hasStatus,
        custom: true,
        ...(conversion !== undefined && { conversion }),
        columns: columns.length === 0 ? [ageColumn] : columns,
      };
    });
};

const condition = (type: string, reason: string, message: string, time: string): JsonObject => ({
  type,
  status: 'True',
  lastTransitionTime: time,
  reason,
  message,
});

/** Establishes CRDs, serves their kinds, and deletes the objects of those that go. */
export class CustomResourceController implements Controller {
  readonly #cluster: Cluster;
  readonly #queue: WorkQueue;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster, (name) => this.#establish(name));
  }

  start(): void {
    for (const crd of this.#cluster.store.list(storage)) {
      this.#serve(crd);
      this.#queue.add(nameOf(crd));
    }
  }

  onWrite({ storage: written, type, object, previous }: StoreEvent): void {
    if (written !== storage) return;
    if (type === 'DELETED') {
      this.#deleteObjects(object);
      this.#cluster.registry.setCustom(nameOf(object), []);
      return;
    }
    const isEstablished = listAt(object, 'status', 'conditions').length > 0;
    // A new kind is served once it is established, as in the real server; a changed one at once.
    if (
      isEstablished &&
      (previous === undefined || previous['spec'] !== object['spec'] || !isServed(previous))
    ) {
      this.#serve(object);
    }
    if (!isEstablished && !isTerminating(object)) this.#queue.add(nameOf(object));
  }

  stop(): void {
    this.#queue.stop();
  }

  #serve(crd: JsonObject): void {
    if (isServed(crd)) this.#cluster.registry.setCustom(nameOf(crd), resourcesOf(crd));
  }

  #establish(name: string): void {
    const { store, registry, environment } = this.#cluster;
    const crd = store.get(storage, name);
    const resource = registry.ofStorage(storage);
    if (crd === undefined || resource === undefined || isServed(crd)) return;
    const time = timestamp(environment.now());
    const status: JsonObject = {
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found', time),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', time),
      ],
      acceptedNames: objectAt(crd, 'spec', 'names') ?? {},
      storedVersions: listAt(crd, 'spec', 'versions')
        .filter((version) => isObject(version) && version['storage'] === true)
        .map((version) => textAt(version, 'name') ?? ''),
    };
    const target = { resource, namespace: undefined, name };
    updateObject(
      this.#cluster,
      target,
      crd,
      { ...crd, status },
      {
        manager: 'kube-apiserver',
        subresource: 'status',
        dryRun: false,
        validation: 'Ignore',
        warnings: [],
      },
    );
  }

  #deleteObjects(crd: JsonObject): void {
    const [resource] = resourcesOf(crd);
    if (resource === undefined) return;
    for (const object of this.#cluster.store.list(resource.storage)) {
      const target = { resource, namespace: namespaceOf(object), name: nameOf(object) };
      remove(this.#cluster, target, { propagation: 'Background', dryRun: false });
    }
  }
}

const isServed = (crd: JsonObject): boolean =>
  listAt(crd, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'Established' && textAt(one, 'status') === 'True',
  );

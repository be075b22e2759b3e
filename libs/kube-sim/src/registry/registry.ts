import { kubernetesTable } from '../kubernetes/table.ts';
import { anyMap } from '../schema/schema.ts';
import { apiVersionOf, storageOf, type ServedResource } from './served-resource.ts';

const builtIn = (): readonly ServedResource[] => {
  const table = kubernetesTable();
  return table.resources.map((raw) => ({
    group: raw.group,
    version: raw.version,
    apiVersion: apiVersionOf(raw.group, raw.version),
    plural: raw.plural,
    singular: raw.singular,
    kind: raw.kind,
    listKind: `${raw.kind}List`,
    namespaced: raw.namespaced,
    verbs: raw.verbs,
    shortNames: raw.shortNames ?? [],
    categories: raw.categories ?? [],
    subresources: raw.subresources ?? [],
    schema: table.schemaOf(raw.group, raw.version, raw.kind) ?? anyMap,
    storage: storageOf(raw.group, raw.plural),
    hasStatus: raw.subresources?.some(({ name }) => name === 'status') ?? false,
    custom: false,
  }));
};

let shared: readonly ServedResource[] | undefined;
/** Made once: every simulated cluster of the process shares them. */
const builtInResources = (): readonly ServedResource[] => (shared ??= builtIn());

/** Which resources a cluster serves: Kubernetes' own, and those of its CustomResourceDefinitions. */
export class Registry {
  readonly #byPath: Map<string, ServedResource>;
  readonly #custom = new Map<string, readonly ServedResource[]>();
  /** Counts changes, so that documents made from the registry know when they are out of date. */
  #generation = 0;

  constructor() {
    this.#byPath = new Map(builtInResources().map((resource) => [pathOf(resource), resource]));
  }

  get generation(): number {
    return this.#generation;
  }

  all(): readonly ServedResource[] {
    return [...this.#byPath.values()];
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  /** Any version of the kind. */
  ofKind(group: string, kind: string): ServedResource | undefined {
    for (const resource of this.#byPath.values()) {
      if (resource.group === group && resource.kind === kind) return resource;
    }
    return undefined;
  }

  /** Of the storage: the version that is stored, where versions are converted; else the first served one. */
  ofStorage(storage: string): ServedResource | undefined {
    let first: ServedResource | undefined;
    for (const resource of this.#byPath.values()) {
      if (resource.storage !== storage) continue;
      const { conversion, apiVersion } = resource;
      if (conversion === undefined || conversion.storageApiVersion === apiVersion) return resource;
      first ??= resource;
    }
    return first;
  }

  hasGroupVersion(group: string, version: string): boolean {
    return [...this.#byPath.values()].some(
      (resource) => resource.group === group && resource.version === version,
    );
  }

  /** Serves what the CRD `name` defines, instead of what it defined before; nothing, when it is deleted. */
  setCustom(name: string, resources: readonly ServedResource[]): void {
    for (const old of this.#custom.get(name) ?? []) this.#byPath.delete(pathOf(old));
    if (resources.length === 0) this.#custom.delete(name);
    else this.#custom.set(name, resources);
    for (const resource of resources) this.#byPath.set(pathOf(resource), resource);
    this.#generation += 1;
  }
}

const pathOf = ({ group, version, plural }: ServedResource): string => `${group}/${version}/${plural}`;

/** Made at test time: nobody reviews 800 KB. Kinds like Argo Workflows', Prometheus' and the Elastic operator's. */
export interface LargeDefinition {
  readonly definition: object;
  readonly object: object;
}

const group = 'large.corpus.example.com';
const description =
  'Describes in many words what the field is for, whom it concerns, since which version it is there, what happens ' +
  'when it is left out, and where in the documentation more is said of it. Cannot be updated.';

/** A structure of so many fields a level, with everything that structural schemas have: defaults, lists by key, enums. */
function structure(depth: number, breadth: number): object {
  const properties: Record<string, object> = {
    name: { description, type: 'string' },
    replicas: { description, type: 'integer', format: 'int32', default: 1 },
    mode: { description, type: 'string', enum: ['Automatic', 'Manual'], default: 'Automatic' },
    limits: {
      description,
      type: 'object',
      additionalProperties: { 'x-kubernetes-int-or-string': true },
    },
    ports: {
      description,
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    },
  };
  if (depth > 0) {
    for (let index = 0; index < breadth; index += 1)
      properties[`part${index}`] = structure(depth - 1, breadth);
  }
  return { description, type: 'object', properties };
}

/** Grown by versions until it is nearly so large, as the largest real ones are. */
function definitionOf(kind: string, bytes: number): object {
  const plural = `${kind.toLowerCase()}s`;
  const spec = structure(2, 5);
  const version = (name: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    subresources: { status: {} },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    },
  });
  const versions = [version('v1', true)];
  const one = JSON.stringify(versions[0]).length;
  for (let count = 1; (count + 1) * one < bytes; count += 1) versions.push(version(`v1alpha${count}`, false));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names: { kind, plural }, scope: 'Namespaced', versions },
  };
}

const objectOf = (kind: string): object => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name: 'one' },
  spec: {
    name: 'x',
    ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }],
    limits: { cpu: '1000m', memory: 1024 },
    part0: { part1: { replicas: 3 }, ports: [] },
    part4: {},
  },
});

/** Of 100, 400 and 800 KB, each with an object of its kind. */
export function largeDefinitions(): readonly LargeDefinition[] {
  return [
    { kind: 'Workflow', bytes: 100_000 },
    { kind: 'Cluster', bytes: 400_000 },
    { kind: 'Platform', bytes: 800_000 },
  ].map(({ kind, bytes }) => ({ definition: definitionOf(kind, bytes), object: objectOf(kind) }));
}

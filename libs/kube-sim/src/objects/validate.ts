import { validateWebhooks } from './webhook-configurations.ts';
import type { StatusCause } from '../api/api-error.ts';
import { isList, isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { MapSchema, Schema } from '../schema/schema.ts';
import { required, wrong } from './causes.ts';
import {
  configKeyProblems,
  labelValueProblems,
  nameProblems,
  nameRuleOf,
  qualifiedNameProblems,
} from './names.ts';
import { validateFinalizers, validateOwners } from './validate-references.ts';
import { validateEnding, validateEndless } from './validate-restarts.ts';

const validateLabels = (labels: JsonObject | undefined, field: string): StatusCause[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => wrong(field, key, problem)),
    ...labelValueProblems(typeof value === 'string' ? value : '').map((problem) =>
      wrong(field, value, problem),
    ),
  ]);

const annotationsLimit = 256 * 1024;

const validateMetadata = (resource: ServedResource, object: JsonObject): StatusCause[] => {
  const name = textAt(object, 'metadata', 'name') ?? '';
  const causes: StatusCause[] =
    name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : nameProblems(name, nameRuleOf(resource.group, resource.kind)).map((problem) =>
          wrong('metadata.name', name, problem),
        );
  causes.push(...validateLabels(objectAt(object, 'metadata', 'labels'), 'metadata.labels'));
  const annotations = Object.entries(objectAt(object, 'metadata', 'annotations') ?? {});
  for (const [key] of annotations) {
    const problems = qualifiedNameProblems(key.toLowerCase());
    causes.push(...problems.map((problem) => wrong('metadata.annotations', key, problem)));
  }
  const size = annotations.reduce(
    (sum, [key, value]) => sum + key.length + (typeof value === 'string' ? value.length : 0),
    0,
  );
  if (size > annotationsLimit) {
    causes.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${annotationsLimit} bytes`,
      field: 'metadata.annotations',
    });
  }
  causes.push(...validateOwners(object), ...validateFinalizers(object, resource.custom));
  return causes;
};

/** Fields that a Go type must have, and values that an enumeration allows. */
const validateSchema = (value: Json, schema: Schema, path: string): StatusCause[] => {
  if (schema.kind === 'list') {
    return isList(value)
      ? value.flatMap((item, i) => validateSchema(item, schema.items, `${path}[${i}]`))
      : [];
  }
  if (schema.kind === 'scalar') {
    if (schema.values === undefined || typeof value !== 'string' || schema.values.includes(value)) return [];
    const supported = schema.values.map((one) => `"${one}"`).join(', ');
    return [
      {
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: "${value}": supported values: ${supported}`,
        field: path,
      },
    ];
  }
  return schema.kind === 'map' && isObject(value) ? validateFields(value, schema, path) : [];
};

const isMissing = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (isList(value) && value.length === 0);

const validateFields = (object: JsonObject, schema: MapSchema, path: string): StatusCause[] => {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const missing = schema.required
    // A required structure that isn't a pointer is always there; a required number is 0 when it is missing.
    .filter((name) => {
      const field = schema.fields.get(name);
      if (field?.always === true || field?.default !== undefined) return false;
      return isMissing(object[name]);
    })
    .map((name) => required(at(name)));
  const inner = Object.entries(object).flatMap(([name, value]) => {
    const field = schema.fields.get(name)?.schema ?? schema.element;
    return field === undefined ? [] : validateSchema(value, field, at(name));
  });
  return [...missing, ...inner];
};

/** RBAC rules, certificates and statuses may hold empty lists where OpenAPI says they must be there. */
const validateContent = (resource: ServedResource, object: JsonObject): StatusCause[] => {
  const causes: StatusCause[] = [];
  for (const field of ['spec', 'template', 'subsets', 'webhooks', 'ports']) {
    const schema = resource.schema.fields.get(field)?.schema;
    const value = object[field];
    if (schema !== undefined && value !== undefined) causes.push(...validateSchema(value, schema, field));
    else if (value === undefined && resource.schema.required.includes(field)) causes.push(required(field));
  }
  return causes;
};

const matches = (selector: JsonObject | undefined, labels: JsonObject | undefined): boolean =>
  Object.entries(objectAt(selector, 'matchLabels') ?? {}).every(([key, value]) => labels?.[key] === value);

const validateWorkload = (object: JsonObject): StatusCause[] => {
  const selector = objectAt(object, 'spec', 'selector');
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  const empty = selector !== undefined && Object.keys(selector).length === 0;
  const causes = empty ? [wrong('spec.selector', selector, 'empty selector is invalid for deployment')] : [];
  if (selector === undefined || labels === undefined || !matches(selector, labels)) {
    causes.push(
      wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  if (objectAt(object, 'spec', 'template', 'spec') === undefined)
    causes.push(required('spec.template.spec.containers'));
  return causes;
};

const validateKeys = (object: JsonObject): StatusCause[] =>
  ['data', 'binaryData'].flatMap((field) =>
    Object.keys(objectAt(object, field) ?? {}).flatMap((key) =>
      configKeyProblems(key).map((problem) => wrong(`${field}[${key}]`, key, problem)),
    ),
  );

const dataLimit = 1024 * 1024;

const validateSize = (object: JsonObject): StatusCause[] => {
  const values = ['data', 'binaryData'].flatMap((field) => Object.values(objectAt(object, field) ?? {}));
  const size = values.reduce(
    (sum: number, value) => sum + Buffer.byteLength(typeof value === 'string' ? value : ''),
    0,
  );
  return size <= dataLimit * (textAt(object, 'kind') === 'Secret' ? 4 / 3 : 1)
    ? []
    : [
        {
          reason: 'FieldValueTooLong',
          message: `Too long: may not be more than ${dataLimit} bytes`,
          field: '',
        },
      ];
};

const validateService = (object: JsonObject): StatusCause[] => {
  const type = textAt(object, 'spec', 'type');
  if (type === 'ExternalName' || textAt(object, 'spec', 'clusterIP') === 'None') return [];
  return listAt(object, 'spec', 'ports').length === 0 ? [required('spec.ports')] : [];
};

const validateCrd = (object: JsonObject): StatusCause[] => {
  const plural = textAt(object, 'spec', 'names', 'plural') ?? '';
  const group = textAt(object, 'spec', 'group') ?? '';
  const name = textAt(object, 'metadata', 'name') ?? '';
  return name === `${plural}.${group}`
    ? []
    : [wrong('metadata.name', name, `must be spec.names.plural+"."+spec.group`)];
};

const workload = ['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet'];

/** Everything wrong with an object that is to be stored. */
export const validate = (resource: ServedResource, object: JsonObject): readonly StatusCause[] => {
  const id = `${resource.group}/${resource.kind}`;
  const causes = validateMetadata(resource, object);
  // Template labels are told before what is missing in the template, as the real server does.
  const content = validateContent(resource, object);
  const own = workload.includes(id)
    ? [...validateWorkload(object), ...validateEndless(object)]
    : id === '/ConfigMap' || id === '/Secret'
      ? [...validateKeys(object), ...validateSize(object)]
      : id === '/Service'
        ? validateService(object)
        : id === 'batch/Job'
          ? validateEnding(object)
          : id === 'apiextensions.k8s.io/CustomResourceDefinition'
            ? validateCrd(object)
            : id.startsWith('admissionregistration.k8s.io/') && id.endsWith('WebhookConfiguration')
              ? validateWebhooks(object)
              : [];
  const first = content.filter(({ field }) => field === 'spec.selector');
  return dedupe([...causes, ...first, ...own, ...content]);
};

const dedupe = (causes: readonly StatusCause[]): StatusCause[] =>
  causes.filter(
    (cause, index) =>
      causes.findIndex(({ field, message }) => field === cause.field && message === cause.message) === index,
  );

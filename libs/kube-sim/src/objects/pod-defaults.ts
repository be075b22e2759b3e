import { isList, isObject, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';

/** `defaults` under what is set. */
export const under = (object: JsonObject | undefined, defaults: JsonObject): JsonObject => ({
  ...defaults,
  ...object,
});

export const mapList = (
  value: Json | undefined,
  change: (item: JsonObject) => JsonObject,
): Json | undefined => (isList(value) ? value.map((item) => (isObject(item) ? change(item) : item)) : value);

/** `change` made to the field, where it is there. */
export const changed = (
  object: JsonObject,
  field: string,
  change: (value: Json) => Json | undefined,
): JsonObject => {
  const value = object[field];
  if (value === undefined) return object;
  const result = change(value);
  return result === undefined || result === value ? object : { ...object, [field]: result };
};

const probe = (value: Json): Json =>
  isObject(value)
    ? changed(
        under(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
        'httpGet',
        (get) => (isObject(get) ? under(get, { path: '/', scheme: 'HTTP' }) : get),
      )
    : value;

const pullPolicy = (image: string | undefined): string => {
  const reference = image?.split('/').at(-1) ?? '';
  return reference.includes('@') || (reference.includes(':') && !reference.endsWith(':latest'))
    ? 'IfNotPresent'
    : 'Always';
};

const envSource = (value: Json): Json =>
  isObject(value)
    ? changed(value, 'valueFrom', (from) =>
        isObject(from)
          ? changed(from, 'fieldRef', (ref) => (isObject(ref) ? under(ref, { apiVersion: 'v1' }) : ref))
          : from,
      )
    : value;

const container = (value: JsonObject): JsonObject => {
  let result = under(value, {
    imagePullPolicy: pullPolicy(textAt(value, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    result = changed(result, field, probe);
  result = changed(result, 'env', (env) => mapList(env, (item) => envSource(item) as JsonObject));
  return changed(result, 'ports', (ports) => mapList(ports, (port) => under(port, { protocol: 'TCP' })));
};

const mode = { defaultMode: 0o644 };
const volume = (value: JsonObject): JsonObject => {
  let result = value;
  for (const field of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    result = changed(result, field, (source) => (isObject(source) ? under(source, mode) : source));
  }
  result = changed(result, 'hostPath', (source) => (isObject(source) ? under(source, { type: '' }) : source));
  // A volume without a source is an empty directory.
  return Object.keys(result).length === 1 ? { ...result, emptyDir: {} } : result;
};

/** What the API server sets in every Pod's spec, and in every template of one. */
export const defaultPodSpec = (spec: JsonObject): JsonObject => {
  let result = under(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    result = changed(result, field, (containers) => mapList(containers, container));
  }
  // The name is kept twice, for clients from before 1.2.
  const account = textAt(result, 'serviceAccountName') ?? textAt(result, 'serviceAccount');
  if (account !== undefined) result = { ...result, serviceAccountName: account, serviceAccount: account };
  return changed(result, 'volumes', (volumes) => mapList(volumes, volume));
};

/** Requests follow limits where they aren't set: in Pods, not in templates. */
const withRequests = (container: JsonObject): JsonObject => {
  const resources = objectAt(container, 'resources');
  const limits = objectAt(resources, 'limits');
  if (limits === undefined) return container;
  const requests = under(objectAt(resources, 'requests'), limits);
  return { ...container, resources: { ...resources, requests } };
};

/** A Pod has a little more than its template. */
export const defaultPod = (spec: JsonObject): JsonObject => {
  const result = under(defaultPodSpec(spec), { enableServiceLinks: true });
  return changed(result, 'containers', (containers) => mapList(containers, withRequests));
};

export const defaultTemplate = (template: Json): Json =>
  isObject(template)
    ? changed(template, 'spec', (spec) => (isObject(spec) ? defaultPodSpec(spec) : spec))
    : template;

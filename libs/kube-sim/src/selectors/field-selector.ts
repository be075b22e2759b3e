import { badRequest } from '../api/api-error.ts';
import { at, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** What can be selected by, beyond name and namespace: the fields that the real server indexes so. */
const supported: Readonly<Record<string, readonly string[]>> = {
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  'batch/jobs': ['status.successful'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
};

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

/** A predicate of the text of `fieldSelector=`: `metadata.name=a,status.phase!=Running`. */
export const fieldSelector = (resource: ServedResource, text: string): ((object: JsonObject) => boolean) => {
  if (text.trim() === '') return () => true;
  const requirements = text.split(',').map((term) => {
    const match = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    const known = field === 'metadata.name' || field === 'metadata.namespace';
    if (!known && supported[resource.storage]?.includes(field) !== true) {
      throw badRequest(`field label not supported: ${field}`);
    }
    const path = field.split('.');
    return (object: JsonObject): boolean => (textOf(at(object, ...path)) === value) === (operator !== '!=');
  });
  return (object) => requirements.every((requirement) => requirement(object));
};

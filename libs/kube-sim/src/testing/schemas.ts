import { kubernetesTable } from '../kubernetes/table.ts';
import type { MapSchema } from '../schema/schema.ts';

/** Of a kind that Kubernetes has. */
export const schemaOf = (group: string, version: string, kind: string): MapSchema => {
  const schema = kubernetesTable().schemaOf(group, version, kind);
  if (schema === undefined) throw new Error(`Kubernetes has no ${group}/${version} ${kind}`);
  return schema;
};

export const configMapSchema = schemaOf('', 'v1', 'ConfigMap');
export const deploymentSchema = schemaOf('apps', 'v1', 'Deployment');
export const serviceSchema = schemaOf('', 'v1', 'Service');

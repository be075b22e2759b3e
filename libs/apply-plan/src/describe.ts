import { parseObjectId } from '@muster/manifest';

/** For logs and statuses: `Deployment shop/web`. */
export function describeObject(id: string): string {
  const key = parseObjectId(id);
  if (!key) return id;
  return `${key.kind} ${key.namespace ? `${key.namespace}/` : ''}${key.name}`;
}

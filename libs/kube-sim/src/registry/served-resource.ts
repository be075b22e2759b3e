import type { WebhookClientConfig } from '../admission/webhook.ts';
import type { RawSubresource } from '../kubernetes/raw-table.ts';
import type { MapSchema } from '../schema/schema.ts';

/** One resource of one version, as the API serves it. */
export interface ServedResource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly RawSubresource[];
  readonly schema: MapSchema;
  /** Under which objects of all versions are stored. */
  readonly storage: string;
  /** `status` is written through its own path, and ignored on the object's. */
  readonly hasStatus: boolean;
  /** Custom resources keep what a Go type would drop, and bump their generation by other rules. */
  readonly custom: boolean;
  /** How objects of the other versions become objects of this one, where it isn't by their `apiVersion` alone. */
  readonly conversion?: WebhookConversion;
  /** Columns that a CRD asks `kubectl get` to show. */
  readonly columns?: readonly PrinterColumn[];
}

export interface WebhookConversion {
  readonly client: WebhookClientConfig;
  readonly reviewVersion: string;
  /** In which all objects are stored. */
  readonly storageApiVersion: string;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority: number;
}

export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

export const storageOf = (group: string, plural: string): string => `${group}/${plural}`;

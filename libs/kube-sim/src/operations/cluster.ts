import type { ErrorSubject } from '../api/api-error.ts';
import type { Admission } from '../admission/admission.ts';
import type { Conversion } from '../conversion/conversion.ts';
import type { JsonObject } from '../json/value.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Store } from '../store/store.ts';

/** Time and chance, so that tests can say what they are. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  /** An integer from 0 to `bound - 1`. */
  readonly random: (bound: number) => number;
  /** Calls `task` once, later; the returned function forgets it. */
  readonly later: (milliseconds: number, task: () => void) => () => void;
}

export interface Cluster {
  readonly store: Store;
  readonly registry: Registry;
  readonly environment: Environment;
  readonly admission: Admission;
  readonly conversion: Conversion;
}

/** Which object of a cluster. */
export interface Target {
  readonly resource: ServedResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** How an object is to be written: the request's options. */
export interface WriteOptions {
  /** `fieldManager`, or what the user agent says before its first slash. */
  readonly manager: string;
  /** '' or `status`. */
  readonly subresource: string;
  readonly dryRun: boolean;
  readonly validation: 'Ignore' | 'Warn' | 'Strict';
  /** Gathers what the answer is to warn of. */
  readonly warnings: string[];
  /** Webhooks have seen it in another form: as a scale. */
  readonly admitted?: boolean;
}

export interface WriteResult {
  readonly object: JsonObject;
  readonly created: boolean;
}

export const subjectOf = ({ resource, name }: Pick<Target, 'resource' | 'name'>): ErrorSubject => ({
  group: resource.group,
  plural: resource.plural,
  kind: resource.kind,
  name,
});

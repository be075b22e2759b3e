import type { JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write as admission sees it. */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly resource: ServedResource;
  /** '', `status` or `scale`. */
  readonly subresource: string;
  readonly namespace: string | undefined;
  /** '' where the server is to make one up. */
  readonly name: string;
  /** None, of a deletion. */
  readonly object: JsonObject | undefined;
  /** None, of a creation. */
  readonly oldObject: JsonObject | undefined;
  readonly dryRun: boolean;
  readonly manager: string;
  /** Gathers what the answer is to warn of. */
  readonly warnings: string[];
}

/** The way of one write past the webhooks. */
export interface Passage {
  /** What mutating webhooks make of the object. */
  readonly mutated: () => JsonObject | undefined;
  /** Made once, however often the write is begun anew: names, uids and times stay what webhooks were shown. */
  readonly once: <T>(make: () => T) => T;
  /** Throws what a validating webhook says against it. */
  readonly validated: (object: JsonObject | undefined) => void;
  /** It is written: the next write like it is another one. */
  readonly written: () => void;
}

/** Nobody is to be asked. */
export const freePassage = (object: JsonObject | undefined): Passage => ({
  mutated: () => object,
  once: (make) => make(),
  validated: () => undefined,
  written: () => undefined,
});

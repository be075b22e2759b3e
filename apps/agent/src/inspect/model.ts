import type { HealthStatus } from '@muster/health';
import type { FieldDifference } from '../status/model.ts';

/** What a person may ask of a cluster; every question is about one bundle. */
export type Inspection =
  | { readonly about: 'tree'; readonly bundle: string }
  | { readonly about: 'object'; readonly bundle: string; readonly object: ObjectQuery }
  | { readonly about: 'differences'; readonly bundle: string; readonly object: ObjectQuery }
  | { readonly about: 'events'; readonly bundle: string; readonly object: ObjectQuery }
  | ({ readonly about: 'logs'; readonly bundle: string; readonly object: ObjectQuery } & LogQuery);

export interface LogQuery {
  /** '' for all but init containers that are done. */
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  /** 0 for all there is. */
  readonly tailLines: number;
  readonly sinceSeconds: number;
}

/** Every part that isn't '' must fit. */
export interface ObjectQuery {
  readonly group: string;
  /** In the singular, the plural or short, in any case. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectRef {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object of a bundle, or one that such an object owns. */
export interface TreeNode {
  readonly object: ObjectRef;
  /** '' where there is no such object. */
  readonly uid: string;
  /** '' for an object of the manifest. */
  readonly parentUid: string;
  readonly health: HealthStatus;
  readonly message: string;
  /** Milliseconds since the epoch; 0 when unknown. */
  readonly createdAt: number;
  readonly terminating: boolean;
}

export interface ObjectDifference {
  readonly object: ObjectRef;
  readonly change: 'none' | 'create' | 'update' | 'delete' | 'unknown';
  readonly fields: readonly FieldDifference[];
  readonly message: string;
}

export interface ClusterEvent {
  readonly object: ObjectRef;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly source: string;
}

export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** One part of an answer. */
export type Finding =
  | { readonly kind: 'node'; readonly node: TreeNode }
  | { readonly kind: 'object'; readonly node: TreeNode; readonly json: string }
  | { readonly kind: 'difference'; readonly difference: ObjectDifference }
  | { readonly kind: 'event'; readonly event: ClusterEvent }
  | { readonly kind: 'source'; readonly source: LogSource }
  | { readonly kind: 'line'; readonly source: LogSource; readonly text: string }
  /** What is left out, and why. */
  | { readonly kind: 'notice'; readonly text: string };

/** Thrown for what cannot be answered: the message is for whoever asked. */
export class InspectionRefused extends Error {
  override readonly name = 'InspectionRefused';
  readonly because: 'not-found' | 'ambiguous' | 'forbidden' | 'unavailable';

  constructor(because: InspectionRefused['because'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.because = because;
  }
}

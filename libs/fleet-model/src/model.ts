import type { Dependency, HealthExpression, IgnoredDifference, Policy } from '@muster/manifest';

/** Kubernetes' own label selector. `{}` matches all. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** Selector AND groups; a target with neither is an error. Groups are alternatives: any of them. */
export interface Target {
  readonly clusterSelector?: LabelSelector;
  readonly groups?: readonly string[];
}

export interface ManifestsSource {
  readonly kind: 'manifests';
  /** From the repo's root, normalised, no leading or trailing slash; '' is the root. */
  readonly path: string;
  /** Globs relative to `path`; `isSourceFile` reads them. */
  readonly include: readonly string[];
}

export interface Bundle {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly source: ManifestsSource;
  readonly targets: readonly Target[];
  readonly except: readonly Target[];
  /** What revisions of former hubs don't have: absent is as by default, here and below. */
  readonly dependsOn?: readonly Dependency[];
  /** Only what differs from the defaults, those of the Fleet filled in. */
  readonly sync?: SyncOptions;
  /** The Fleet's first. */
  readonly ignoreDifferences?: readonly IgnoredDifference[];
  readonly health?: readonly HealthExpression[];
  readonly definedIn: Location;
}

export type SyncOptions = Pick<
  Policy,
  'prune' | 'drift' | 'onRemoval' | 'conflicts' | 'adopted' | 'serviceAccount' | 'healthTimeoutS'
>;

/** A cluster as Git declares it: metadata only. */
export interface DeclaredCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly definedIn: Location;
}

export interface ClusterGroup {
  readonly name: string;
  readonly clusterSelector: LabelSelector;
  readonly definedIn: Location;
}

/** Repo-wide defaults. */
export interface Fleet {
  readonly defaults: FleetDefaults;
  readonly definedIn: Location;
}

export interface FleetDefaults {
  /** Already filled in at the bundles that name none. */
  readonly namespace?: string;
  readonly sync?: SyncOptions;
  readonly ignoreDifferences?: readonly IgnoredDifference[];
}

/** Everything that a revision declares; each list sorted by name. */
export interface FleetModel {
  readonly fleet?: Fleet;
  readonly bundles: readonly Bundle[];
  readonly clusters: readonly DeclaredCluster[];
  readonly groups: readonly ClusterGroup[];
}

export interface Location {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a fleet file, and what to do. */
export interface FleetProblem extends Location {
  /** `spec.targets[0].clusterSelector`, '' for the document as a whole. */
  readonly field: string;
  readonly message: string;
}

export type FleetParseResult =
  | { readonly kind: 'parsed'; readonly model: FleetModel }
  | {
      readonly kind: 'refused';
      /** Sorted by place, at most `MAX_PROBLEMS`. */
      readonly problems: readonly FleetProblem[];
      /** How many more there are. */
      readonly omitted: number;
    };

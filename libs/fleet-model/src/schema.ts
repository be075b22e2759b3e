import { z } from 'zod';
import { globProblem } from './glob.ts';
import { hasControlInLines } from './plain-text.ts';
import { DnsLabel, LabelKey, LabelValue, plannedFields } from './schema-parts.ts';
import { DependsOn, Health, IgnoreDifferences, Sync } from './schema-sync.ts';

/*
 * The one definition of the fleet repo's kinds: it validates, gives the editors' JSON Schema, and says which fields
 * are known and only to come. A field is here once its behaviour exists, and not before.
 */

export const API_VERSION = 'muster.dev/v1alpha1';

/** Kinds that the format will have; naming them makes a better error than "unknown". */
export const PLANNED_KINDS = [
  'RolloutPolicy',
  'MetricCheck',
  'SyncWindow',
  'HealthRule',
  'Project',
  'Notification',
];

/** What a source takes when it doesn't say: what `kubectl apply -f FOLDER -R` reads. */
export const DEFAULT_INCLUDE = ['**/*.yaml', '**/*.yml', '**/*.json'];

const AnnotationValue = z
  .string()
  .refine((text) => !hasControlInLines(text), { error: 'has a control character. Write it without.' });

const Labels = z.record(LabelKey, LabelValue);

const LabelSelectorRequirement = z
  .strictObject({
    key: LabelKey,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(LabelValue).optional(),
  })
  .refine(
    ({ operator, values }) => operator === 'Exists' || operator === 'DoesNotExist' || !!values?.length,
    {
      path: ['values'],
      error: 'must list at least one value for the operators In and NotIn.',
    },
  )
  .refine(({ operator, values }) => operator === 'In' || operator === 'NotIn' || !values?.length, {
    path: ['values'],
    error: 'must be left out for the operators Exists and DoesNotExist.',
  });

export const LabelSelector = z
  .strictObject({
    matchLabels: Labels.optional().describe('Labels that must all be there with these values.'),
    matchExpressions: z
      .array(LabelSelectorRequirement)
      .optional()
      .describe('Requirements that must all hold.'),
  })
  .describe("Kubernetes' own label selector. {} matches all clusters.");

const Target = z
  .strictObject({
    clusterSelector: LabelSelector.optional(),
    groups: z
      .array(DnsLabel)
      .min(1, 'must name at least one ClusterGroup, or be left out.')
      .optional()
      .describe('Names of ClusterGroups; a cluster is in any of them.'),
  })
  .refine(({ clusterSelector, groups }) => clusterSelector !== undefined || groups !== undefined, {
    error: 'names no clusters. Give clusterSelector or groups; "clusterSelector: {}" means all clusters.',
  })
  .describe('Clusters by selector AND groups.');
plannedFields.add(Target, { planned: ['when'] });

const ManifestsSource = z
  .strictObject({
    path: z.string().describe('A folder, relative to this file.'),
    include: z
      .array(
        z.string().superRefine((glob, context) => {
          const problem = globProblem(glob);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${glob}" ${problem}` });
        }),
      )
      .min(1, 'must list at least one glob, or be left out.')
      .optional()
      .describe(`Globs relative to path. Default: ${DEFAULT_INCLUDE.join(', ')}.`),
  })
  .describe('Kubernetes manifests as they are.');

const Source = z.strictObject({ manifests: ManifestsSource }).describe('Exactly one kind of source.');
plannedFields.add(Source, { planned: ['kustomize', 'helm'] });

const BundleSpec = z.strictObject({
  namespace: DnsLabel.optional().describe('Default of namespaced objects; made if missing, never deleted.'),
  source: Source,
  targets: z.array(Target).optional().describe('Where it goes: the union. Without any, nowhere.'),
  except: z.array(Target).optional().describe('Taken out of the targets, whatever the order.'),
  dependsOn: DependsOn.exactOptional(),
  sync: Sync.exactOptional(),
  ignoreDifferences: IgnoreDifferences.exactOptional(),
  health: Health.exactOptional(),
});
plannedFields.add(BundleSpec, {
  planned: ['overrides', 'rollout', 'project'],
});

const BundleMetadata = z.strictObject({ name: DnsLabel, labels: Labels.optional() });
plannedFields.add(BundleMetadata, { planned: ['annotations'] });

const NameOnly = z.strictObject({ name: DnsLabel });
plannedFields.add(NameOnly, { planned: ['labels', 'annotations'] });

const ClusterMetadata = z.strictObject({
  name: DnsLabel,
  labels: Labels.optional().describe("Go before the labels of the hub's register and of the join token."),
  annotations: z.record(LabelKey, AnnotationValue).optional(),
});

const FleetDefaults = z.strictObject({
  namespace: DnsLabel.optional().describe('spec.namespace of bundles that have none.'),
  sync: Sync.exactOptional().describe('Fields of spec.sync that a bundle does not have itself.'),
  ignoreDifferences: IgnoreDifferences.exactOptional().describe("Go before every bundle's own."),
});
plannedFields.add(FleetDefaults, { planned: ['rollout'] });

const FleetSpec = z.strictObject({ defaults: FleetDefaults.optional() });
plannedFields.add(FleetSpec, { planned: ['rollout', 'health'] });

const apiVersion = z.literal(API_VERSION);

export const BundleDocument = z
  .strictObject({ apiVersion, kind: z.literal('Bundle'), metadata: BundleMetadata, spec: BundleSpec })
  .describe('The unit of delivery: a source, and the clusters that it goes to.');

export const ClusterDocument = z
  .strictObject({ apiVersion, kind: z.literal('Cluster'), metadata: ClusterMetadata })
  .describe("A cluster's labels and annotations, declared in Git.");

export const ClusterGroupDocument = z
  .strictObject({
    apiVersion,
    kind: z.literal('ClusterGroup'),
    metadata: NameOnly,
    spec: z.strictObject({ clusterSelector: LabelSelector }),
  })
  .describe('A selector of clusters with a name.');

export const FleetDocument = z
  .strictObject({
    apiVersion,
    kind: z.literal('Fleet'),
    metadata: NameOnly.optional(),
    spec: FleetSpec.optional(),
  })
  .describe('Defaults for the whole repo; at most one.');

export const DOCUMENTS = {
  Bundle: BundleDocument,
  Cluster: ClusterDocument,
  ClusterGroup: ClusterGroupDocument,
  Fleet: FleetDocument,
};
export type FleetKind = keyof typeof DOCUMENTS;

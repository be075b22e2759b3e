import type { CheckedDocument } from './check-document.ts';
import type { Bundle, FleetModel, FleetProblem, LabelSelector, Target } from './model.ts';
import { resolveInRepo } from './repo-path.ts';
import { DEFAULT_INCLUDE } from './schema.ts';

type Checked<Kind extends CheckedDocument['kind']> = Extract<CheckedDocument, { kind: Kind }>;

/** The model of documents that are each good by themselves, with the Fleet's defaults filled in, and paths that aren't good. */
export function toModel(checked: readonly CheckedDocument[]): {
  model: FleetModel;
  problems: FleetProblem[];
} {
  const problems: FleetProblem[] = [];
  const fleet = checked.find((one) => one.kind === 'Fleet');
  const defaults = fleet?.value.spec?.defaults ?? {};
  const bundles: Bundle[] = [];
  for (const one of checked) {
    if (one.kind !== 'Bundle') continue;
    const path = resolveInRepo(one.document.location.file, one.value.spec.source.manifests.path);
    if (path.kind === 'inside') {
      bundles.push(toBundle(one, path.path, defaults.namespace));
    } else {
      const at = one.document.locate(['spec', 'source', 'manifests', 'path']);
      const message = `"${one.value.spec.source.manifests.path}" ${path.message}`;
      problems.push({ ...at, field: 'spec.source.manifests.path', message });
    }
  }
  const model: FleetModel = {
    ...(fleet && { fleet: { defaults, definedIn: fleet.document.location } }),
    bundles: bundles.sort(byName),
    clusters: checked
      .filter((one) => one.kind === 'Cluster')
      .map(({ value: { metadata }, document }) => ({
        name: metadata.name,
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
        definedIn: document.location,
      }))
      .sort(byName),
    groups: checked
      .filter((one) => one.kind === 'ClusterGroup')
      .map(({ value, document }) => ({
        name: value.metadata.name,
        clusterSelector: toSelector(value.spec.clusterSelector),
        definedIn: document.location,
      }))
      .sort(byName),
  };
  return { model, problems };
}

function toBundle(one: Checked<'Bundle'>, path: string, defaultNamespace: string | undefined): Bundle {
  const { metadata, spec } = one.value;
  const namespace = spec.namespace ?? defaultNamespace;
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    ...(namespace !== undefined && { namespace }),
    source: { kind: 'manifests', path, include: spec.source.manifests.include ?? DEFAULT_INCLUDE },
    targets: (spec.targets ?? []).map(toTarget),
    except: (spec.except ?? []).map(toTarget),
    definedIn: one.document.location,
  };
}

type TargetValue = NonNullable<Checked<'Bundle'>['value']['spec']['targets']>[number];
type SelectorValue = NonNullable<TargetValue['clusterSelector']>;

function toTarget({ clusterSelector, groups }: TargetValue): Target {
  return {
    ...(clusterSelector && { clusterSelector: toSelector(clusterSelector) }),
    ...(groups && { groups }),
  };
}

/** The selector without the fields that it doesn't have. */
function toSelector({ matchLabels, matchExpressions }: SelectorValue): LabelSelector {
  return {
    ...(matchLabels && { matchLabels }),
    ...(matchExpressions && {
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values && { values }),
      })),
    }),
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

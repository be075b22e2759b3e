import type { CheckedDocument } from './check-document.ts';
import type { Bundle, FleetDefaults, FleetModel, FleetProblem, LabelSelector, Target } from './model.ts';
import { resolveInRepo } from './repo-path.ts';
import { DEFAULT_INCLUDE } from './schema.ts';
import { toDependencies, toHealth, toSyncOptions } from './to-sync.ts';

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
      const bundle = toBundle(one, path.path, defaults);
      bundles.push(bundle);
      problems.push(...serviceAccountProblems(one, bundle));
    } else {
      const at = one.document.locate(['spec', 'source', 'manifests', 'path']);
      const message = `"${one.value.spec.source.manifests.path}" ${path.message}`;
      problems.push({ ...at, field: 'spec.source.manifests.path', message });
    }
  }
  const model: FleetModel = {
    ...(fleet && { fleet: { defaults: toDefaults(defaults), definedIn: fleet.document.location } }),
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

type DefaultFields = NonNullable<NonNullable<Checked<'Fleet'>['value']['spec']>['defaults']>;

function toDefaults({ namespace, sync, ignoreDifferences }: DefaultFields): FleetDefaults {
  const options = toSyncOptions(sync, undefined);
  return {
    ...(namespace !== undefined && { namespace }),
    ...(options && { sync: options }),
    ...(ignoreDifferences?.length && { ignoreDifferences }),
  };
}

function toBundle(one: Checked<'Bundle'>, path: string, defaults: DefaultFields): Bundle {
  const { metadata, spec } = one.value;
  const namespace = spec.namespace ?? defaults.namespace;
  const sync = toSyncOptions(spec.sync, defaults.sync);
  const ignoreDifferences = [...(defaults.ignoreDifferences ?? []), ...(spec.ignoreDifferences ?? [])];
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    ...(namespace !== undefined && { namespace }),
    source: { kind: 'manifests', path, include: spec.source.manifests.include ?? DEFAULT_INCLUDE },
    targets: (spec.targets ?? []).map(toTarget),
    except: (spec.except ?? []).map(toTarget),
    ...(spec.dependsOn?.length && { dependsOn: toDependencies(spec.dependsOn) }),
    ...(sync && { sync }),
    ...(ignoreDifferences.length > 0 && { ignoreDifferences }),
    ...(spec.health?.length && { health: toHealth(spec.health) }),
    definedIn: one.document.location,
  };
}

/** A service account is one of a namespace, and only the bundle can say which. */
function serviceAccountProblems(one: Checked<'Bundle'>, bundle: Bundle): FleetProblem[] {
  const name = bundle.sync?.serviceAccount;
  if (name === undefined || bundle.namespace !== undefined) return [];
  const isOwn = one.value.spec.sync?.serviceAccount !== undefined;
  const at = one.document.locate(isOwn ? ['spec', 'sync', 'serviceAccount'] : ['spec']);
  const whose = isOwn ? '' : ', which the Fleet names for all bundles,';
  const message = `The service account "${name}"${whose} is looked up in the bundle's namespace. Give spec.namespace.`;
  return [{ ...at, field: isOwn ? 'spec.sync.serviceAccount' : 'spec.namespace', message }];
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

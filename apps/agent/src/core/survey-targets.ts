import { hasEnded, runOf } from '@muster/apply-plan';
import type { HookRecord, InventoryEntry } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { Kinds } from './kinds.ts';
import type { Observer } from './observer.ts';
import type { Target as SurveyTarget } from './surveyor.ts';
import { resourceOf, surveyTarget, wantedKey } from './target.ts';
import type { ResolvedTarget, Wanted } from './target.ts';

/** What the watches can't tell: objects that aren't ours yet, or may be ours no more. */
export function surveyTargets(
  resolved: ResolvedTarget,
  fleet: string,
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
  observer: Observer,
  kinds: Kinds,
  isNewNamespace: (name: string) => boolean,
): readonly SurveyTarget[] {
  const targets = new Map<ObjectId, SurveyTarget>();
  for (const object of resolved.desired) {
    const { id, bundle } = object;
    if (observer.isLongAbsent(id)) observer.forgetAbsence(id);
    const observation = observer.observe(id);
    // Without our label no watch tells of it: another fleet's object may have gone meanwhile.
    const entry = inventory.get(id);
    if (entry?.ended && observation.state !== 'present' && hasEnded(entry, object)) continue;
    if (entry?.hook && hasRunItsTurns(entry.hook, resolved.wanted.get(wantedKey(id, bundle)))) continue;
    const isUnwatched =
      observation.state === 'unobserved' ||
      (entry?.hook !== undefined && observer.isDoubtful(id)) ||
      (observation.state === 'present' && observation.live.fleet !== fleet);
    const resource = resolved.wanted.get(wantedKey(id, bundle))?.object.resource;
    const target = resource && isUnwatched ? surveyTarget(id, resource) : undefined;
    if (target && isNewNamespace(target.namespace)) observer.noteAbsent(id);
    else if (target) targets.set(id, target);
  }
  for (const { id, apiVersion } of inventory.values()) {
    if (resolved.wantedIds.has(id)) continue;
    const resource = resourceOf(id, apiVersion, kinds);
    if (!resource) {
      const [group = '', kind = ''] = id.split('/');
      if (kinds.isSurelyMissing(group, kind)) observer.noteAbsent(id);
      continue;
    }
    const needsLook =
      observer.observe(id).state === 'unobserved' ||
      observer.isDoubtful(id) ||
      observer.record(id)?.terminating;
    const target = needsLook ? surveyTarget(id, resource) : undefined;
    if (target) targets.set(id, target);
  }
  return [...targets.values()];
}

/** Whatever became of its object: nothing depends on it any more. */
function hasRunItsTurns(record: HookRecord, wanted: Wanted | undefined): boolean {
  if (record.manifest !== wanted?.bundle.assignment.manifestDigest || record.runs.length === 0) return false;
  const turns = wanted.object.placement?.hook?.phases.filter((phase) => phase !== 'SyncFail') ?? [];
  return turns.every((phase) => runOf(record, record.manifest, phase)?.state === 'succeeded');
}

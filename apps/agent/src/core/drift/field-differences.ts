import {
  differencesBetween,
  isMap,
  ownersOf,
  ownershipOf,
  printPlace,
  samePlace,
  showValue,
  valueAt,
} from '@muster/drift';
import type { FieldSet, Json, Owner, Place } from '@muster/drift';
import type { FieldDifference } from '../../status/model.ts';
import { isOurs, othersOf, ownersIn } from './ignoring.ts';

/** As many are told of one object. */
const maxDifferences = 20;
const maxPath = 300;

interface Found {
  readonly desired: Json | undefined;
  readonly live: Json | undefined;
  readonly desiredPlace: Place;
  readonly livePlace: Place;
}

/** What the API server writes beside what was asked, at each write. */
const kept: readonly string[] = [
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
];

/** Where an object would change if it were applied again, as far as it is ours to change: webhooks may add what they like. */
export function wouldChange(applied: Json, live: Json): Found[] {
  const [ours, oursLive] = [oursIn(applied), oursIn(live)];
  return changesBetween(applied, live).filter(
    ({ desiredPlace, livePlace }) => isHeld(ours, applied, desiredPlace) || isHeld(oursLive, live, livePlace),
  );
}

/** All that differs, but for what the API server keeps for itself. */
export function changesBetween(a: Json, b: Json): Found[] {
  return differencesBetween(a, b).filter(
    ({ desiredPlace: [root, field] }) => root !== 'metadata' || !kept.includes(String(field)),
  );
}

function isHeld(set: FieldSet | undefined, root: Json, place: Place): boolean {
  return ownershipOf(set, root, place) !== 'none';
}

export function oursIn(object: Json): FieldSet | undefined {
  return ownersIn(object).find(isOurs)?.fieldsV1 as FieldSet | undefined;
}

/** What others took from us, as differences: the fields whose values they changed, else the place that they took. */
export function takenFields(desired: Json, live: Json, taken: readonly Place[]): Found[] {
  return taken.flatMap((place): Found[] => {
    const livePlace = samePlace(desired, live, place);
    const [wanted, found] = [valueAt(desired, place), livePlace && valueAt(live, livePlace)];
    if (wanted !== undefined && found !== undefined && livePlace) {
      const inside = differencesBetween(wanted, found).filter((it) => it.desired !== undefined);
      if (inside.length > 0)
        return inside.map((it) => ({
          ...it,
          desiredPlace: [...place, ...it.desiredPlace],
          livePlace: [...livePlace, ...it.livePlace],
        }));
    }
    return [{ desired: wanted, live: found, desiredPlace: place, livePlace: livePlace ?? place }];
  });
}

/** For people. Of a Secret the fields are named, and no values. */
export function describe(
  found: readonly Found[],
  desired: Json,
  live: Json,
  isSecret: boolean,
): readonly FieldDifference[] {
  const show = (value: Json | undefined): string => (isSecret ? '' : showValue(value));
  const others = othersOf(live);
  const ours = ownersIn(live).find(isOurs);
  return found
    .flatMap(spread)
    .slice(0, maxDifferences)
    .map((difference) => {
      const isGone = difference.live === undefined;
      const path = isGone
        ? printPlace(desired, difference.desiredPlace)
        : printPlace(live, difference.livePlace);
      return {
        path: path.slice(0, maxPath),
        desired: show(difference.desired),
        live: show(difference.live),
        manager:
          (isGone ? latest(others, ours) : ownersOf(others, live, difference.livePlace)[0])?.manager ?? '',
      };
    });
}

/** What was taken, as far as managedFields alone tell: what is there now is not known. */
export function describeTaken(
  desired: Json,
  owners: readonly Owner[],
  taken: readonly Place[],
): readonly FieldDifference[] {
  const others = owners.filter((owner) => !isOurs(owner));
  const ours = owners.find(isOurs);
  return taken
    .flatMap((place) =>
      spread({ desired: valueAt(desired, place), live: undefined, desiredPlace: place, livePlace: place }),
    )
    .slice(0, maxDifferences)
    .map(({ desiredPlace }) => ({
      path: printPlace(desired, desiredPlace).slice(0, maxPath),
      desired: '',
      live: '',
      manager: (ownersOf(others, desired, desiredPlace)[0] ?? latest(others, ours))?.manager ?? '',
    }));
}

/** A map that is gone is told field by field: APIs leave out maps that are empty. */
function spread(found: Found): Found[] {
  const { desired, live, desiredPlace, livePlace } = found;
  if (live !== undefined || !isMap(desired) || typeof desiredPlace.at(-1) !== 'string') return [found];
  const fields = Object.entries(desired).flatMap(([name, value]) =>
    spread({ desired: value, live, desiredPlace: [...desiredPlace, name], livePlace: [...livePlace, name] }),
  );
  return fields.length > 0 ? fields : [found];
}

/** Nobody owns what is gone. Whoever wrote last, after us, is who may have taken it. */
function latest(others: readonly Owner[], ours: Owner | undefined): Owner | undefined {
  return others
    .filter(({ subresource, time }) => subresource !== 'status' && (time ?? '') >= (ours?.time ?? ''))
    .sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
}

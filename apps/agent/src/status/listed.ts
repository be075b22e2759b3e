import type { ObjectStatus } from './model.ts';

const maxObjects = 100;
/** Of all objects of an assignment: a report must fit into a message. */
const maxDifferences = 200;

/** As many objects as a status lists, the first of them with their differences. */
export function listed(objects: readonly ObjectStatus[]): ObjectStatus[] {
  let room = maxDifferences;
  return objects.slice(0, maxObjects).map(({ differences, ...rest }) => {
    const told = differences?.slice(0, room) ?? [];
    room -= told.length;
    return told.length > 0 ? { ...rest, differences: told } : rest;
  });
}

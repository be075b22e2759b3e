/** The names that sit on live objects. They can never change: watches select on them, ownership is read from them. */
export const fieldManager = 'muster';
/** The hub's uuid. */
export const fleetLabel = 'muster.dev/fleet';
/** The bundle's name. */
export const bundleLabel = 'muster.dev/bundle';
/** The object's own id: a copy carries another object's and isn't ours. */
export const objectAnnotation = 'muster.dev/object';
/** `"false"`: never pruned. */
export const pruneAnnotation = 'muster.dev/prune';

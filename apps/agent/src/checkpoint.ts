/** A named place between two steps, where a crash must do no harm. */
export type Checkpoint = (name: CheckpointName) => void;

export const checkpointNames = [
  'packs-written',
  'intents-written',
  'step-begun',
  'before-apply',
  'taken-over',
  'after-apply',
  'before-delete',
  'after-delete',
  'step-ended',
  'before-inventory',
  'inventory-written',
] as const;

export type CheckpointName = (typeof checkpointNames)[number];

/**
 * From `<name>:<n>`: kills this process, without a last word, when the place is reached for the n-th time. For
 * tests; without a value nothing happens.
 */
export function checkpointFrom(value: string | undefined, kill: () => void): Checkpoint {
  const match = /^([a-z-]+):(\d+)$/.exec(value ?? '');
  if (!match) return () => undefined;
  let left = Number(match[2]);
  return (name) => {
    if (name === match[1] && --left === 0) kill();
  };
}

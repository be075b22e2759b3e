import type { Environment } from '../operations/cluster.ts';

/** Time that stands still until a test moves it; ids and chance that repeat. */
export interface ManualEnvironment extends Environment {
  /** Moves the time on, and does what was due meanwhile, in its order. */
  readonly advance: (milliseconds: number) => void;
}

interface Task {
  readonly at: number;
  readonly run: () => void;
}

export const manualEnvironment = (start = Date.parse('2026-01-01T00:00:00Z')): ManualEnvironment => {
  let now = start;
  let count = 0;
  const tasks = new Set<Task>();
  const dueBefore = (end: number): Task | undefined =>
    [...tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    newId: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    random: (bound) => ++count % bound,
    later: (milliseconds, run) => {
      const task = { at: now + milliseconds, run };
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    advance: (milliseconds) => {
      const end = now + milliseconds;
      for (let task = dueBefore(end); task !== undefined; task = dueBefore(end)) {
        tasks.delete(task);
        now = task.at;
        task.run();
      }
      now = end;
    },
  };
};

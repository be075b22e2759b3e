import { randomInt, randomUUID } from 'node:crypto';
import type { Environment } from '../operations/cluster.ts';

/** Real time and chance. Timers don't keep a process alive that has nothing else to do. */
export const realEnvironment: Environment = {
  now: () => Date.now(),
  newId: () => randomUUID(),
  random: (bound) => randomInt(bound),
  later: (milliseconds, task) => {
    if (milliseconds === Infinity) return () => undefined;
    if (milliseconds <= 0) {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(task, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

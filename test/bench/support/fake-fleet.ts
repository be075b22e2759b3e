import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestHub } from '@muster/testing';
import type { Counts, Order } from './fake-agents.ts';

/** Agents without clusters, in a process of their own, so that their CPU is told apart. */
export interface FakeFleet {
  readonly join: (hub: TestHub, names: readonly string[]) => Promise<Counts>;
  readonly counts: () => Promise<Counts>;
  readonly stop: () => void;
}

export function startFakeFleet(): FakeFleet {
  const child = fork(join(import.meta.dirname, 'fake-agents.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ask = async (order: Order): Promise<Counts> => {
    child.send(order);
    const [answer] = (await once(child, 'message')) as [Counts];
    return answer;
  };
  return {
    join: async (hub, names) => {
      const { token } = await hub.api.call<{ token: string }>('POST', 'join-tokens', {
        labels: { kind: 'fake' },
        maxUses: names.length,
      });
      return ask({ order: 'join', address: hub.enrolmentAddress, names, token });
    },
    counts: () => ask({ order: 'count' }),
    stop: () => child.kill('SIGKILL'),
  };
}

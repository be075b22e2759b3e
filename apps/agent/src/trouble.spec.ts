import { KubeApiError, KubeNetworkError } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { persist } from './trouble.ts';

const away = new KubeNetworkError('connect ECONNREFUSED', 'ECONNREFUSED');
const broken = new KubeApiError(503, 'ServiceUnavailable', 'etcd is away');
const forbidden = new KubeApiError(
  403,
  'Forbidden',
  'secrets "muster-agent" is forbidden: User "a" cannot get resource "secrets" in the namespace "muster-system"',
);

/** What it did, said and waited for while these errors came, one after the other. */
async function through(errors: readonly Error[]) {
  const said: string[] = [];
  const waited: number[] = [];
  const left = [...errors];
  const attempt = async (): Promise<string> => {
    const error = left.shift();
    if (error) throw error;
    return 'done';
  };
  const result = await persist('cannot read the state', attempt, {
    log: { warn: (_, message) => said.push(message) },
    signal: new AbortController().signal,
    random: () => 0.5,
    wait: async (ms) => void waited.push(ms),
  });
  return { result, said, waited };
}

describe('trouble with the cluster', () => {
  it('is waited out ever longer, within bounds, and told of', async () => {
    const { result, said, waited } = await through([away, broken, away, away, away, away, broken]);
    expect(result).toBe('done');
    expect(waited).toEqual([375, 750, 1_500, 3_000, 6_000, 6_000, 6_000]);
    expect(said.slice(0, 2)).toEqual([
      'cannot read the state: connect ECONNREFUSED',
      'cannot read the state: etcd is away',
    ]);
  });

  it('names the right that is missing, and asks slowly, because somebody must give it', async () => {
    const unauthorised = new KubeApiError(401, 'Unauthorized', 'Unauthorized');
    const { said, waited } = await through([forbidden, unauthorised, forbidden, forbidden, forbidden]);
    expect(said[0]).toContain('the agent lacks a right in this cluster: secrets "muster-agent" is forbidden');
    expect(said[1]).toContain("does not accept the agent's credentials");
    expect(waited).toEqual([3_750, 7_500, 15_000, 30_000, 45_000]);
  });

  it('is not what a bug or an unreadable state is', async () => {
    await expect(through([new TypeError('x is undefined')])).rejects.toThrow('x is undefined');
  });

  it('ends with the agent', async () => {
    const stop = new AbortController();
    const options = { log: { warn: () => stop.abort(new Error('told to stop')) }, signal: stop.signal };
    const attempt = () => Promise.reject(away);
    await expect(persist('cannot do it', attempt, options)).rejects.toThrow();
    await expect(persist('cannot do it', attempt, options)).rejects.toThrow('told to stop');
  });
});

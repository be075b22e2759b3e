import { describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../api.ts';
import type { Target } from '../target.ts';

/** On no node, so that no kubelet is asked: what the API server itself says of logs. */
function pod(
  namespace: string,
  name: string,
  containers: readonly string[],
  inits: readonly string[] = [],
): object {
  const all = (names: readonly string[]): object[] => names.map((one) => ({ name: one, image: 'main:1' }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { schedulerName: 'nobody', containers: all(containers), initContainers: all(inits) },
  };
}

export function readsLogs(target: () => Target): void {
  describe('reading logs', () => {
    it('wants to know of which container, where there are several', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const pods = `/api/v1/namespaces/${own}/pods`;
      await api.send('POST', pods, pod(own, 'one', ['main']));
      await api.send('POST', pods, pod(own, 'many', ['main', 'proxy'], ['setup']));
      const log = (name: string, query = ''): Promise<ApiAnswer> => api.get(`${pods}/${name}/log${query}`);
      expect(await log('one')).toMatchObject({ status: 204, body: { message: '' } });
      expect(await log('many', '?container=setup')).toMatchObject({ status: 204, body: { message: '' } });
      expect(await log('many')).toMatchObject({
        status: 400,
        body: {
          message: 'a container name must be specified for pod many, choose one of: [setup main proxy]',
        },
      });
      expect(await log('many', '?container=none')).toMatchObject({
        status: 400,
        body: { message: 'container none is not valid for pod many' },
      });
      expect((await log('gone')).status).toBe(404);
    });
  });
}

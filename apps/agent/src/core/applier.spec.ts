import { createKubeClient } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedAgent, configMap, configMaps, until } from './testing.ts';

const shop = (...objects: object[]) => ({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
const key = { namespace: 'shop', name: 'a' };

describe('an apply', () => {
  let agent: SimulatedAgent;
  afterEach(() => agent.stop());

  it('adopts what somebody made since the plan found nothing, takes it over, and leaves it behind', async () => {
    let rivals = 1;
    agent = await SimulatedAgent.start((kube: KubeClient) => ({
      apply: async (resource, at, body, options) => {
        if (resource.plural === 'configmaps' && rivals-- > 0) {
          const { url: server, token, certificateAuthority: ca } = agent.cluster;
          const rival = createKubeClient({ server, token, tls: { ca } }, { fieldManager: 'kubectl-create' });
          const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: at.name } };
          await rival.create(resource, at.namespace, { ...object, data: { theirs: 'x' } });
          await rival.close();
        }
        return kube.apply(resource, at, body, options);
      },
    }));
    await agent.say(shop(configMap('a')));
    const { warnings } = await agent.until('shop', (status) => status.sync === 'Synced');
    expect(warnings.join()).toContain('ConfigMap shop/a was there before Muster');
    const live = await agent.kube.get(configMaps, key);
    expect(live.data).toEqual({ value: '1' });
    await agent.say({ assignments: [], deletionConsents: ['shop'] });
    await until(
      () => agent.core.statuses(),
      (statuses) => statuses.every((status) => status.gone),
    );
    expect((await agent.kube.get(configMaps, key)).metadata.uid).toBe(live.metadata.uid);
  });

  it('asks for nothing beside itself where it makes an object, and where it changes one', async () => {
    const asked: string[] = [];
    const counting = (kube: KubeClient): Partial<KubeClient> => ({
      get: async (resource, at, options) => {
        if (resource.plural === 'configmaps') asked.push('get');
        return kube.get(resource, at, options);
      },
      apply: async (resource, at, body, options) => {
        asked.push('apply');
        return kube.apply(resource, at, body, options);
      },
      jsonPatch: async (...args) => {
        asked.push('patch');
        return kube.jsonPatch(...args);
      },
    });
    agent = await SimulatedAgent.start(counting);
    const many = (value: string) => shop(...['a', 'b', 'c', 'd', 'e'].map((name) => configMap(name, value)));
    await agent.say(many('1'));
    await agent.until('shop', (status) => status.sync === 'Synced');
    expect(asked).toEqual(Array(5).fill('apply'));
    await agent.say(many('2'));
    await until(
      async () => (await agent.kube.get(configMaps, key)).data,
      (data) => (data as { value: string }).value === '2',
    );
    await agent.until('shop', (status) => status.sync === 'Synced');
    expect(asked).toEqual(Array(10).fill('apply'));
  });
});

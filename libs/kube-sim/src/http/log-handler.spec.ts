import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json/value.ts';
import { shop, testApi, type TestApi } from '../testing/api.ts';

const pods = '/api/v1/namespaces/shop/pods';

const pod = (name: string, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations },
  spec: { containers: [{ name: 'main', image: 'main:1' }] },
});

const running = async (annotations?: JsonObject): Promise<TestApi> => {
  const api = testApi();
  await shop(api);
  await api.ask('POST', pods, pod('one', annotations));
  api.environment.advance(2_000);
  return api;
};

const logOf = async (api: TestApi, query = ''): Promise<string> => {
  const answer = await api.handle('GET', `${pods}/one/log${query}`);
  if (answer === 'disconnect' || answer.kind !== 'whole') throw new Error('the log is no whole');
  return answer.body;
};

describe('the log of a Pod', () => {
  it('says that its container runs, or what its annotation says', async () => {
    expect(await logOf(await running())).toBe('main of one runs\n');
    const told = await running({ 'sim.muster.dev/log': 'first\nsecond\nthird' });
    expect(await logOf(told)).toBe('first\nsecond\nthird\n');
    expect(await logOf(told, '?tailLines=2')).toBe('second\nthird\n');
    expect(await logOf(told, '?limitBytes=3')).toBe('fir');
  });

  it('is empty before the container runs', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', pods, pod('one'));
    expect(await logOf(api)).toBe('');
  });

  it('is followed until the Pod has gone', async () => {
    const api = await running();
    const answer = await api.handle('GET', `${pods}/one/log?follow=true`);
    if (answer === 'disconnect' || answer.kind !== 'stream') throw new Error('the log is no stream');
    const heard: string[] = [];
    answer.start({
      write: (chunk) => void heard.push(chunk),
      end: () => void heard.push('END'),
      abort: () => void heard.push('CUT'),
    });
    expect(heard).toEqual(['main of one runs\n']);
    await api.ask('DELETE', `${pods}/one`);
    expect(heard.at(-1)).toBe('END');
  });
});

describe('the events of a Pod', () => {
  it('tell that it runs, and are forgotten after an hour', async () => {
    const api = await running();
    const events = async (): Promise<readonly unknown[]> => {
      const { body } = await api.ask('GET', '/api/v1/namespaces/shop/events');
      return (body['items'] as readonly JsonObject[]).map((event) => event['message']);
    };
    expect(await events()).toEqual(['Successfully assigned shop/one to kube-sim', 'Started container main']);
    api.environment.advance(3_600_000);
    expect(await events()).toEqual([]);
  });
});

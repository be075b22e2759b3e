import { describe, expect, it } from 'vitest';
import { configMapBody, shop, testApi } from '../testing/api.ts';

describe('a fault', () => {
  it('hits the verbs and resources that it names, as often as it says', async () => {
    const api = testApi();
    const path = await shop(api);
    api.faults.add({
      match: { verbs: ['patch'], resource: 'configmaps' },
      effect: { kind: 'throttle', retryAfterSeconds: 2 },
      times: 1,
    });
    expect((await api.ask('GET', path)).status).toBe(200);
    const first = await api.apply(`${path}/one`, configMapBody('one'));
    expect([first.status, first.headers['retry-after']]).toEqual([429, '2']);
    expect((await api.apply(`${path}/one`, configMapBody('one'))).status).toBe(201);
  });

  it('answers with the status that it was given until it is taken back', async () => {
    const api = testApi();
    const path = await shop(api);
    const takeBack = api.faults.add({ effect: { kind: 'fail', code: 500, message: 'etcd is away' } });
    expect(await api.ask('GET', path)).toMatchObject({ status: 500, body: { message: 'etcd is away' } });
    takeBack();
    expect((await api.ask('GET', path)).status).toBe(200);
  });

  it('makes an answer late', async () => {
    const api = testApi();
    const path = await shop(api);
    api.faults.add({ effect: { kind: 'latency', milliseconds: 300 } });
    let answered = false;
    const answer = api.ask('GET', path).then(() => (answered = true));
    api.environment.advance(299);
    await Promise.resolve();
    expect(answered).toBe(false);
    api.environment.advance(1);
    await answer;
    expect(answered).toBe(true);
  });

  it('cuts the connection', async () => {
    const api = testApi();
    const path = await shop(api);
    api.faults.add({ effect: { kind: 'disconnect' } });
    expect(await api.send('GET', path)).toBe('disconnect');
  });

  it('breaks a watch in the middle of an event', async () => {
    const api = testApi();
    const path = await shop(api);
    api.faults.add({ effect: { kind: 'break-watch', afterEvents: 1 }, times: 1 });
    const watch = await api.watch(`${path}?watch=1`);
    await api.ask('POST', path, configMapBody('one'));
    await api.ask('POST', path, configMapBody('two'));
    expect(watch).toEqual({ events: ['ADDED one', 'half a line'], ended: 'cut' });
  });

  it('lets a watch expire', async () => {
    const api = testApi();
    const path = await shop(api);
    api.faults.add({ effect: { kind: 'expire-watch' }, times: 1 });
    expect(await api.watch(`${path}?watch=1`)).toEqual({ events: ['ERROR 410'], ended: 'closed' });
  });
});

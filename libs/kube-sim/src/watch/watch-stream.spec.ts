import { describe, expect, it } from 'vitest';
import { configMapBody, shop, testApi } from '../testing/api.ts';

describe('a watch', () => {
  it('tells what is there, then what happens', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one'));
    const watch = await api.watch(`${path}?watch=1`);
    await api.ask('POST', path, configMapBody('two'));
    await api.apply(`${path}/two`, configMapBody('two', { a: '1' }));
    await api.ask('DELETE', `${path}/one`);
    expect(watch.events).toEqual(['ADDED one', 'ADDED two', 'MODIFIED two', 'DELETED one']);
  });

  it('resumes after a resourceVersion without telling anything twice', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one'));
    const from = api.cluster.store.revision;
    await api.ask('POST', path, configMapBody('two'));
    expect((await api.watch(`${path}?watch=1&resourceVersion=${from}`)).events).toEqual(['ADDED two']);
  });

  it('from a forgotten resourceVersion is told 410 and ended', async () => {
    const api = testApi();
    const path = await shop(api);
    const from = api.cluster.store.revision;
    await api.ask('POST', path, configMapBody('one'));
    api.cluster.store.log.compact(api.cluster.store.revision);
    const watch = await api.watch(`${path}?watch=1&resourceVersion=${from}`);
    expect(watch).toEqual({ events: ['ERROR 410'], ended: 'closed' });
  });

  it('tells an object that leaves its selector as deleted, and one that comes as added', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one', {}, { labels: { app: 'web' } }));
    const watch = await api.watch(`${path}?watch=1&labelSelector=app%3Dweb`);
    const relabel = (app: string) =>
      api.ask('PATCH', `${path}/one`, { metadata: { labels: { app } } }, 'application/merge-patch+json');
    await relabel('db');
    await relabel('web');
    expect(watch.events).toEqual(['ADDED one', 'DELETED one', 'ADDED one']);
  });

  it('says by a bookmark how far the world went on without it', async () => {
    const api = testApi();
    const path = await shop(api);
    const from = api.cluster.store.revision;
    const watch = await api.watch(
      `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=${from}&fieldSelector=metadata.name%3Dnone`,
    );
    await api.ask('POST', path, configMapBody('one'));
    api.environment.advance(60_000);
    api.environment.advance(60_000);
    expect(watch.events).toEqual(['BOOKMARK']);
  });

  it('marks the end of the initial events for a client that asks for them', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one'));
    const watch = await api.watch(
      `${path}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
    );
    expect(watch.events).toEqual(['ADDED one', 'BOOKMARK']);
  });

  it('ends when its time is over', async () => {
    const api = testApi();
    const path = await shop(api);
    const watch = await api.watch(`${path}?watch=1&timeoutSeconds=5`);
    api.environment.advance(5000);
    expect(watch.ended).toBe('closed');
  });
});

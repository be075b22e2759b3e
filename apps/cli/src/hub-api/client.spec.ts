import { expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { HubClient, HubUnreachable } from './client.ts';

test('a hub that is gone is told apart from one that refuses, so that whoever waits may try again', async () => {
  const hub = await startFakeHub(() => ({ json: {} }));
  await hub[Symbol.asyncDispose]();
  const client = new HubClient(
    { url: hub.url, token: 'token', source: 'a test' },
    new AbortController().signal,
  );
  await expect(client.get('status')).rejects.toBeInstanceOf(HubUnreachable);
});

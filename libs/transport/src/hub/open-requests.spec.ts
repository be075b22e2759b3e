import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import type { ConnectResponse } from '@muster/contracts';
import { describe, expect, it } from 'vitest';
import { OpenRequests } from './open-requests.ts';

describe('an answer that unpacks to more than it may', () => {
  it('fails, and its request is cancelled at the agent', async () => {
    const sent: ConnectResponse[] = [];
    const requests = new OpenRequests((message) => sent.push(message));
    const answer = requests.ask({ $case: 'syncNow', value: { bundle: '' } }, {});
    const first = answer.next();
    requests.chunk({ id: 1n, data: gzipSync(Buffer.alloc(20_000_000)), gzip: true });
    await expect(first).rejects.toMatchObject({ name: 'RequestFailed', code: status.DATA_LOSS });
    expect(sent.map(({ message }) => message?.$case)).toEqual(['request', 'requestCancel']);
  });
});

describe('an agent that heeds no window', () => {
  it('is told to stop when its answer comes faster than it is read', async () => {
    const sent: ConnectResponse[] = [];
    const requests = new OpenRequests((message) => sent.push(message));
    const answer = requests.ask({ $case: 'syncNow', value: { bundle: '' } }, {});
    const first = answer.next();
    for (let count = 0; count < 100; count++) requests.chunk({ id: 1n, data: Buffer.from('x'), gzip: false });
    await first;
    const rest = (async () => {
      while ((await answer.next()).done !== true);
    })();
    await expect(rest).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(sent.map(({ message }) => message?.$case)).toEqual(['request', 'requestCancel']);
  });
});

describe('a request that is given up', () => {
  it('ends at the agent also while nobody reads its answer', async () => {
    const sent: ConnectResponse[] = [];
    const requests = new OpenRequests((message) => sent.push(message));
    const stop = new AbortController();
    const answer = requests.ask({ $case: 'syncNow', value: { bundle: '' } }, { signal: stop.signal });
    const first = answer.next();
    requests.chunk({ id: 1n, data: Buffer.from('x'), gzip: false });
    await first;
    stop.abort(new Error('enough'));
    expect(sent.map(({ message }) => message?.$case)).toEqual(['request', 'requestCancel']);
    requests.chunk({ id: 1n, data: Buffer.from('x'), gzip: false });
    await expect(answer.next()).rejects.toThrow('enough');
    expect(sent).toHaveLength(2);
  });
});

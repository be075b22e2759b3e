import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentIdentity, LinkHandlers } from './agent-port.ts';
import type { AgentRequest, ServerTls } from './port.ts';
import { RequestFailed } from './shared/errors.ts';
import { CLUSTER_A, startTestAgent, startTestHub, testAuthority, testIdentity, testTls } from './testing.ts';
import type { TestAgent, TestHub } from './testing.ts';

const SYNC_NOW: AgentRequest = { $case: 'syncNow', value: { bundle: 'web' } };

let ca: CertificateAuthority;
let tls: ServerTls;
let identity: AgentIdentity;
let hub: TestHub;
const agents: TestAgent[] = [];

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
  identity = await testIdentity(ca, CLUSTER_A);
});
beforeEach(async () => {
  hub = await startTestHub({ ca, tls });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.link.close();
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

async function sessionWith(onRequest: LinkHandlers['onRequest']) {
  const agent = startTestAgent(
    () => hub.address,
    () => identity,
    { onRequest },
  );
  agents.push(agent);
  await agent.connections.first();
  return hub.opened.first();
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe("the hub's requests to an agent", () => {
  it('are answered in chunks, whatever their size', async () => {
    const answer = [randomBytes(1_300_000), Buffer.alloc(400_000, 'x'), Buffer.from('end')];
    const asked: unknown[] = [];
    const session = await sessionWith(async function* (request, { traceparent }) {
      asked.push(request, traceparent);
      yield* answer;
    });
    const bytes = await read(session.request(SYNC_NOW, { traceparent: '00-1-2-01' }));
    expect(Buffer.compare(bytes, Buffer.concat(answer))).toBe(0);
    expect(asked).toEqual([SYNC_NOW, '00-1-2-01']);
  });

  it('fail with UNIMPLEMENTED when the agent does not know them', async () => {
    const session = await sessionWith(() => undefined);
    await expect(read(session.request(SYNC_NOW))).rejects.toMatchObject({
      name: 'RequestFailed',
      code: status.UNIMPLEMENTED,
    });
  });

  it('fail with what the agent says', async () => {
    const session = await sessionWith(async function* () {
      yield Buffer.from('so far');
      throw new RequestFailed(status.NOT_FOUND, 'no bundle web');
    });
    await expect(read(session.request(SYNC_NOW))).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'no bundle web',
    });
  });

  it('are cancelled at the agent when the hub stops to listen', async () => {
    const cancelled = Promise.withResolvers<void>();
    const session = await sessionWith(async function* (_request, { signal }) {
      signal.addEventListener('abort', () => cancelled.resolve());
      yield Buffer.from('one');
      await cancelled.promise;
    });
    for await (const chunk of session.request(SYNC_NOW)) {
      expect(Buffer.from(chunk).toString()).toBe('one');
      break;
    }
    await cancelled.promise;
  });

  it('end with the signal of whoever asked', async () => {
    const session = await sessionWith(async function* (_request, { signal }) {
      yield Buffer.from('one');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of session.request(SYNC_NOW, { signal: stop.signal }))
        stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });

  it('fail with UNAVAILABLE when the session ends before the answer', async () => {
    const session = await sessionWith(async function* (_request, { signal }) {
      yield Buffer.from('one');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const reading = (async () => {
      for await (const _ of session.request(SYNC_NOW)) agents[0]!.link.close();
    })();
    await expect(reading).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(read(session.request(SYNC_NOW))).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  it('are answered no faster than the answer is read, and hold up nothing else', async () => {
    let yielded = 0;
    const session = await sessionWith(async function* (_request, { signal }) {
      while (!signal.aborted && yielded < 100) {
        yielded += 1;
        yield Buffer.from([yielded]);
      }
    });
    const slow = session.request(SYNC_NOW)[Symbol.asyncIterator]();
    await slow.next();
    agents[0]!.link.report({ assignments: [], whole: true });
    await hub.reports.first();
    expect(yielded).toBeLessThan(20);
    const rest: number[] = [];
    for (let next = await slow.next(); next.done !== true; next = await slow.next())
      rest.push(next.value[0]!);
    expect(rest).toEqual(Array.from({ length: 99 }, (_, index) => index + 2));
  });

  it('end also while the agent waits for its answer to be read', async () => {
    const ended = Promise.withResolvers<void>();
    const session = await sessionWith(async function* () {
      try {
        for (;;) yield Buffer.from('more');
      } finally {
        ended.resolve();
      }
    });
    for await (const _ of session.request(SYNC_NOW)) break;
    await ended.promise;
  });
});

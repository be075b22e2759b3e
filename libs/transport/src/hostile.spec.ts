import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { AssignmentStatus, ConnectRequest, SessionServiceClient } from '@muster/contracts';
import type { ConnectResponse } from '@muster/contracts';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentIdentity } from './agent-port.ts';
import { channelOptions, identityCredentials } from './agent/channel.ts';
import { ManualTimers } from './manual-timers.ts';
import type { ServerTls } from './port.ts';
import {
  CLUSTER_A,
  startTestHub,
  testAuthority,
  testHello,
  testIdentity,
  testState,
  testTls,
} from './testing.ts';
import type { TestHub } from './testing.ts';

let ca: CertificateAuthority;
let tls: ServerTls;
let identity: AgentIdentity;
let hub: TestHub;
let timers: ManualTimers;
let client: SessionServiceClient;

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
  identity = await testIdentity(ca, CLUSTER_A);
});
beforeEach(async () => {
  timers = new ManualTimers(Date.now());
  hub = await startTestHub({ ca, tls, timers });
  const options = { ...channelOptions(hub.address, -1), 'grpc.max_send_message_length': -1 };
  client = new SessionServiceClient(hub.address, identityCredentials(identity), options);
});
afterEach(async () => {
  client.close();
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

type RawCall = ClientDuplexStream<ConnectRequest, ConnectResponse>;
type Message = NonNullable<ConnectRequest['message']>;

/** An agent that says what it likes. */
function call(...messages: readonly Message[]): RawCall {
  const raw = client.connect();
  raw.on('error', () => undefined);
  for (const message of messages) raw.write({ message });
  return raw;
}

function hello(): Message {
  return { $case: 'hello', value: testHello() };
}

async function statusOf(raw: RawCall): Promise<Pick<StatusObject, 'code' | 'details'>> {
  raw.resume();
  const ended = await new Promise<StatusObject>((resolve) => raw.once('status', resolve));
  return { code: ended.code, details: ended.details };
}

describe('an agent that does not keep to the protocol', () => {
  it('is sent away when it does not begin with Hello', async () => {
    expect(await statusOf(call({ $case: 'heartbeat', value: { count: 1n } }))).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'the first message is not Hello',
    });
    expect(hub.problems.all).toMatchObject([{ kind: 'protocol-error', clusterId: CLUSTER_A }]);
  });

  it('is sent away when its Hello does not come in time', async () => {
    const raw = call();
    const ended = statusOf(raw);
    // The call's deadline stands beside the one timer of all sessions.
    while (timers.size < 2) await new Promise((resolve) => setImmediate(resolve));
    await timers.advance(10_000);
    expect(await ended).toEqual({ code: status.DEADLINE_EXCEEDED, details: 'no Hello came in time' });
  });

  it('has no session when it leaves before the hub has decided, and the hub hears of its end', async () => {
    const asked = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    hub.deciding = () => {
      asked.resolve();
      return decided.promise;
    };
    const impatient = call(hello());
    await asked.promise;
    hub.deciding = () => Promise.resolve();
    impatient.cancel();
    // On the same connection: when this one is open, the hub has heard that the other left.
    call(hello());
    await hub.opened.first();
    decided.resolve();
    expect(await hub.ends.first()).toMatchObject({ cause: 'agent-left', session: 2n });
    expect([...hub.server.sessions()].map((it) => it.session)).toEqual([1n]);
  });

  it('loses its session by a second Hello', async () => {
    expect(await statusOf(call(hello(), hello()))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(await hub.ends.first()).toEqual({
      cause: 'protocol-error',
      message: 'a second Hello',
      session: 1n,
    });
  });

  it('loses its session by a frame beyond 1 MiB, before it is read', async () => {
    const raw = call(hello(), {
      $case: 'responseChunk',
      value: { id: 1n, data: randomBytes(1_200_000), gzip: false },
    });
    expect(await statusOf(raw)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(await hub.ends.first()).toMatchObject({ cause: 'agent-left' });
  });

  it('loses its session by facts beyond their bound', async () => {
    const apiResources = Array.from({ length: 10_001 }, () => 'v1/Pod');
    const facts = { kubernetesVersion: 'v1.36.3', apiResources, complete: true, platform: '' };
    expect(await statusOf(call(hello(), { $case: 'facts', value: facts }))).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'more than 10000 API resources in a message',
    });
  });

  it('loses its session when it is silent for its lease', async () => {
    const ended = statusOf(call(hello()));
    await hub.opened.first();
    await timers.advance(30_500);
    expect(await ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(await hub.ends.first()).toMatchObject({ cause: 'silent' });
  });

  it('costs one message, not a queue, when it does not read; what it reads at last is the newest', async () => {
    const raw = call(hello());
    const session = await hub.opened.first();
    const newest = testState(200n, randomBytes(600_000));
    for (let generation = 1n; generation < 200n; generation++) {
      session.announce(testState(generation, randomBytes(600_000)));
      if (generation % 50n === 0n) await new Promise((resolve) => setImmediate(resolve));
    }
    session.announce(newest);
    const seen = new Set<bigint>();
    for await (const { message } of raw as AsyncIterable<ConnectResponse>) {
      if (message?.$case !== 'announcement') continue;
      seen.add(message.value.version?.generation ?? 0n);
      if (message.value.version?.generation === 200n && message.value.last) break;
    }
    expect(seen.size).toBeLessThan(15);
  });

  it('is cut off when it has not read for two leases, though it goes on saying that it lives', async () => {
    const raw = call(hello());
    const closed = new Promise<StatusObject>((resolve) => raw.once('status', resolve));
    const session = await hub.opened.first();
    for (let generation = 1n; generation < 60n; generation++) {
      session.announce(testState(generation, randomBytes(600_000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const stillHeard = (now: number) => ((session as { lastHeard: number }).lastHeard = now);
    await timers.advanceTo(timers.now() + 60_500, stillHeard);
    expect(await hub.ends.first()).toMatchObject({ cause: 'silent' });
    await timers.advance(6_000);
    raw.resume();
    expect(await closed).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('is not read further while the hub is busy with what it said', async () => {
    let finish: () => void = () => undefined;
    hub.onReport = () => new Promise<void>((resolve) => (finish = resolve));
    const report = (sequence: bigint): Message => ({
      $case: 'report',
      value: {
        sequence,
        assignments: [],
        complete: false,
        applied: undefined,
        refused: undefined,
        emptied: undefined,
      },
    });
    call(hello(), report(1n), report(2n));
    await hub.reports.first();
    await timers.advance(60_000);
    expect(hub.reports.all).toHaveLength(1);
    expect(hub.ends.all).toEqual([]);
    const second = hub.reports.next();
    finish();
    expect((await second).report.sequence).toBe(2n);
  });

  it('is sent away for a while when it connects again and again', async () => {
    hub.decision = { decision: 'removed', reason: 'removed' };
    const endings = [];
    for (let attempt = 0; attempt < 61; attempt++) endings.push(await statusOf(call(hello())));
    expect(endings[59]).toMatchObject({ code: status.OK });
    expect(endings[60]).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    hub.decision = undefined;
    await timers.advance(5_000);
    call(hello());
    await hub.opened.first();
  });

  it('loses its session by a message that is small on the wire and large in memory', async () => {
    const assignments = Array.from({ length: 5_001 }, () => AssignmentStatus.fromPartial({}));
    const report = {
      sequence: 1n,
      assignments,
      complete: false,
      applied: undefined,
      refused: undefined,
      emptied: undefined,
    };
    expect(await statusOf(call(hello(), { $case: 'report', value: report }))).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'more than 5000 assignments in a message',
    });
  });

  it('harms nothing by a message that this hub does not know', async () => {
    const raw = call(hello());
    const session = await hub.opened.first();
    raw.write(ConnectRequest.decode(Buffer.from([0xfa, 0x3f, 0x01, 0x00])));
    raw.write({
      message: {
        $case: 'facts',
        value: { kubernetesVersion: 'x', apiResources: [], complete: true, platform: '' },
      },
    });
    await hub.facts.first();
    expect(session.ended).toBe(false);
  });
});

describe("a handler of the hub's that fails", () => {
  it('ends that session without telling the agent why', async () => {
    hub.onReport = () => Promise.reject(new Error('password=hunter2'));
    const report = {
      sequence: 1n,
      assignments: [],
      complete: false,
      applied: undefined,
      refused: undefined,
      emptied: undefined,
    };
    expect(await statusOf(call(hello(), { $case: 'report', value: report }))).toEqual({
      code: status.INTERNAL,
      details: 'the hub failed',
    });
    expect(hub.problems.all).toMatchObject([{ kind: 'handler-failed' }]);
  });
});

import { createHash } from 'node:crypto';
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import type { ClientDuplexStream, handleBidiStreamingCall, handleServerStreamingCall } from '@grpc/grpc-js';
import * as wire from '@muster/contracts';
import {
  CertificateAuthority,
  createAuthority,
  createCsr,
  generateKey,
  HUB_SERVER_NAME,
  verifyCsr,
  verifyRenewal,
} from '@muster/identity';
import { connectSession, startAgentServer } from '@muster/transport';
import type {
  AgentHandlers,
  AgentIdentity,
  AgentLink,
  AgentServer,
  DesiredStateBytes,
  EnrolAttempt,
  HubSession,
  RenewAttempt,
} from '@muster/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentMessages, desiredState, fetchRequest, frames } from '../src/protocol/frames.ts';
import { readGolden } from '../src/protocol/golden.ts';

const CLUSTER = 'c0ffee00-0000-4000-8000-000000000001';
let identity: AgentIdentity;
let ca: CertificateAuthority;
let tls: { readonly key: string; readonly certificateChain: string; readonly clientCas: string };

beforeAll(async () => {
  const now = Date.now();
  ca = await CertificateAuthority.open(await createAuthority(now));
  const server = await ca.issueServerCertificate(now);
  tls = {
    key: server.keyPem,
    certificateChain: server.certificatePem + ca.certificatePem,
    clientCas: ca.certificatePem,
  };
  const key = generateKey();
  const csr = await verifyCsr(createCsr(key));
  if (!csr.ok) throw new Error(csr.problem);
  const { publicKey } = csr;
  const issued = await ca.issueClientCertificate({
    publicKey,
    clusterId: CLUSTER,
    clusterName: 'edge-1',
    now,
  });
  identity = { key, certificate: issued.certificatePem, authorities: ca.certificatePem };
});

describe('the recorded frames', () => {
  it.each(frames().map(({ name, bytes }) => [name, bytes] as const))(
    '%s is what today encodes',
    async (name, bytes) => {
      expect((await readGolden(name)).equals(bytes)).toBe(true);
    },
  );
});

describe("an agent of the recorded frames, against today's hub", () => {
  const heard: [string, unknown][] = [];
  const attempts: { enrol?: EnrolAttempt; renew?: RenewAttempt } = {};
  const opened = Promise.withResolvers<HubSession>();
  const blobs = fetchRequest.digests.map((digest) => ({ digest, data: Buffer.from('{}') }));
  let hub: AgentServer;
  let wake: () => void = () => undefined;

  const handlers: AgentHandlers = {
    enrol: async (attempt) => {
      attempts.enrol = attempt;
      return { outcome: 'refused', reason: 'token-expired', message: 'it expired' };
    },
    renew: async (attempt) => {
      attempts.renew = attempt;
      return { outcome: 'refused', reason: 'removed', message: 'it was removed' };
    },
    certificateExpiry: () => Promise.resolve(undefined),
    connect: async (_peer, hello) => {
      hear('hello', hello);
      const welcome = { session: 1n, fleet: 'fleet', clusterName: 'edge-1' };
      return {
        decision: 'accept',
        welcome,
        open: (session) => {
          opened.resolve(session);
          return {
            onReport: (report) => hear('report', report),
            onFacts: (facts) => hear('facts', facts),
            firstForbidden: () => Promise.resolve(undefined),
            onEnd: () => undefined,
          };
        },
      };
    },
  };

  function hear(kind: string, value: unknown): void {
    heard.push([kind, value]);
    wake();
  }

  async function heardAtLeast(count: number): Promise<void> {
    while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
  }

  beforeAll(async () => {
    const anyPort = { host: '127.0.0.1', port: 0 };
    hub = await startAgentServer({
      sessions: anyPort,
      enrolment: anyPort,
      tls,
      handlers,
      hubVersion: 'today',
      blobs: {
        async *load(digests) {
          await Promise.resolve();
          yield* blobs.filter(({ digest }) => digests.includes(digest));
        },
      },
    });
  });
  afterAll(() => hub.close({ graceMs: 0, reconnectAfterMs: 0 }));

  it('opens a session, reports, tells facts, answers and fetches', async () => {
    const client = rawClient(hub.sessionsPort);
    const call = client.makeBidiStreamRequest('/muster.agent.v1.SessionService/Connect', same, same);
    const said = responses(call);
    call.write(await readGolden('hello'));
    expect((await said.next()).value).toMatchObject({ $case: 'welcome', value: { session: 1n } });

    for (const name of ['heartbeat', 'report', 'report-gone', 'report-refused', 'report-drifted', 'facts'])
      call.write(await readGolden(name));
    await heardAtLeast(6);
    expect(heard).toEqual([
      ['hello', agentMessages.hello.value],
      ['report', agentMessages.report.value],
      ['report', agentMessages['report-gone'].value],
      ['report', agentMessages['report-refused'].value],
      ['report', agentMessages['report-drifted'].value],
      ['facts', agentMessages.facts.value],
    ]);

    const session = await opened.promise;
    session.acknowledge(2n);
    expect((await said.next()).value).toEqual({ $case: 'reportAck', value: { sequence: 2n } });

    const answer = readAll(session.request({ $case: 'syncNow', value: { bundle: 'checkout' } }));
    expect((await said.next()).value).toMatchObject({ $case: 'request', value: { id: 1n } });
    call.write(await readGolden('response-chunk'));
    call.write(await readGolden('response-end'));
    expect((await answer).toString()).toBe('synced');

    const fetched = client.makeServerStreamRequest(
      '/muster.agent.v1.SessionService/Fetch',
      same,
      same,
      await readGolden('fetch-request'),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of fetched as AsyncIterable<Buffer>)
      chunks.push(wire.FetchResponse.decode(chunk).data);
    expect(Buffer.concat(chunks).toString()).toContain(fetchRequest.digests[1]);
    client.close();
  });

  it('enrols and renews with requests that are understood and verified', async () => {
    const client = rawClient(hub.enrolmentPort);
    await expect(unary(client, 'Enrol', await readGolden('enrol-request'))).rejects.toThrow('it expired');
    expect(attempts.enrol).toMatchObject({
      clusterName: 'edge-1',
      clusterUid: agentMessages.hello.value.clusterUid,
    });
    expect(await verifyCsr(attempts.enrol!.csr)).toMatchObject({ ok: true });

    await expect(unary(client, 'Renew', await readGolden('renew-request'))).rejects.toThrow('it was removed');
    const verdict = await verifyRenewal([await readGolden('authority')], attempts.renew!);
    expect(verdict).toMatchObject({ ok: true, clusterId: CLUSTER });
    client.close();
  });
});

describe("a hub of the recorded frames, against today's agent", () => {
  it('welcomes, announces, asks, serves and removes', async () => {
    const heard: wire.ConnectRequest['message'][] = [];
    const asked: unknown[] = [];
    const state = Promise.withResolvers<DesiredStateBytes>();
    const removed = Promise.withResolvers<string>();
    const answered = Promise.withResolvers<void>();

    const connect: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      call.on('data', (bytes: Buffer) => {
        const { message } = wire.ConnectRequest.decode(bytes);
        heard.push(message);
        if (message?.$case === 'responseEnd') answered.resolve();
      });
      void (async () => {
        const names = [
          'welcome',
          'hub-heartbeat',
          'report-ack',
          'announcement-1',
          'announcement-2',
          'request-sync-now',
        ];
        for (const name of names) call.write(await readGolden(name));
        await removalMayCome.promise;
        call.write(await readGolden('removed'));
      })();
    };
    const fetch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
      void (async () => {
        for (const name of ['fetch-response-1', 'fetch-response-2']) call.write(await readGolden(name));
        call.end();
      })();
    };
    const removalMayCome = Promise.withResolvers<void>();
    const { server, port } = await rawHub(connect, fetch);

    const link: AgentLink = connectSession({
      address: () => `127.0.0.1:${port}`,
      identity: () => identity,
      hello: () => wire.Hello.fromPartial(agentMessages.hello.value),
      handlers: {
        onDesiredState: (announced) => state.resolve(announced),
        onRemoved: (reason) => removed.resolve(reason),
        onRequest: async function* (request, { traceparent }) {
          asked.push(request, traceparent);
          yield Buffer.from('done');
        },
      },
    });
    expect(wire.DesiredState.decode((await state.promise).bytes)).toEqual(desiredState);
    await answered.promise;
    expect(asked).toEqual([
      { $case: 'syncNow', value: { bundle: 'checkout' } },
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ]);
    const blob = Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"golden"}}');
    const digests = [`sha256:${createHash('sha256').update(blob).digest('hex')}`, fetchRequest.digests[1]!];
    const fetched: string[] = [];
    for await (const { digest, data } of link.fetch(digests)) {
      expect(Buffer.compare(data, blob)).toBe(0);
      fetched.push(digest);
    }
    expect(fetched).toEqual(digests);
    removalMayCome.resolve();
    expect(await removed.promise).toBe('removed by admin');
    expect(heard[0]?.$case).toBe('hello');
    server.forceShutdown();
  });

  it('says goodbye, and is come back to when it wants', async () => {
    const connect: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      call.resume();
      void readGolden('welcome').then((bytes) => call.write(bytes));
      void readGolden('goodbye').then((bytes) => call.write(bytes));
    };
    const { server, port } = await rawHub(connect, () => undefined);
    const lost = Promise.withResolvers<{ readonly reason: string; readonly retryInMs: number }>();
    const link = connectSession({
      address: () => `127.0.0.1:${port}`,
      identity: () => identity,
      hello: () => wire.Hello.fromPartial(agentMessages.hello.value),
      random: () => 0.5,
      handlers: {
        onDesiredState: () => undefined,
        onRemoved: () => undefined,
        onRequest: () => undefined,
        onDisconnected: (why) => lost.resolve(why),
      },
    });
    expect(await lost.promise).toMatchObject({ reason: 'the hub is shutting down', retryInMs: 3_000 });
    link.close();
    server.forceShutdown();
  });

  it('issues certificates that are understood', async () => {
    const enrolled = wire.EnrolResponse.decode(await readGolden('enrol-response'));
    const renewed = wire.RenewResponse.decode(await readGolden('renew-response'));
    const authority = await readGolden('authority');
    for (const certificate of [enrolled.certificate!, renewed.certificate!]) {
      expect(certificate.caBundle[0]!.equals(authority)).toBe(true);
      expect(certificate).toMatchObject({
        sessionAddress: 'hub.example.com:8443',
        notAfterUnixMs: 1_795_348_800_000n,
      });
    }
  });
});

const same = (bytes: Buffer): Buffer => bytes;

function rawClient(port: number): Client {
  const secure = credentials.createSsl(
    Buffer.from(identity.authorities),
    Buffer.from(identity.key),
    Buffer.from(identity.certificate),
  );
  return new Client(`127.0.0.1:${port}`, secure, { 'grpc.ssl_target_name_override': HUB_SERVER_NAME });
}

async function rawHub(
  connect: handleBidiStreamingCall<Buffer, Buffer>,
  fetch: handleServerStreamingCall<Buffer, Buffer>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server();
  const passed = {
    requestDeserialize: same,
    requestSerialize: same,
    responseDeserialize: same,
    responseSerialize: same,
  };
  const { SessionServiceService: service } = wire;
  server.addService(
    { connect: { ...service.connect, ...passed }, fetch: { ...service.fetch, ...passed } },
    { connect, fetch },
  );
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificateChain) };
  const secure = ServerCredentials.createSsl(Buffer.from(tls.clientCas), [pair], true);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', secure, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}

async function* responses(
  call: ClientDuplexStream<Buffer, Buffer>,
): AsyncGenerator<wire.ConnectResponse['message']> {
  for await (const bytes of call as AsyncIterable<Buffer>) yield wire.ConnectResponse.decode(bytes).message;
}

function unary(client: Client, method: 'Enrol' | 'Renew', request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const path = `/muster.agent.v1.EnrolmentService/${method}`;
    client.makeUnaryRequest(path, same, same, request, (error, response) => {
      if (error === null) resolve(response!);
      else reject(error);
    });
  });
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

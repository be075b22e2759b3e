import { createHmac, randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentIdentity, AgentLink } from './agent-port.ts';
import { channelOptions, identityCredentials } from './agent/channel.ts';
import { SessionServiceClient } from '@muster/contracts';
import type { ServerTls } from './port.ts';
import {
  CLUSTER_A,
  CLUSTER_B,
  sha256Digest,
  startTestAgent,
  startTestHub,
  testAuthority,
  testIdentity,
  testTls,
} from './testing.ts';
import type { TestAgent, TestHub } from './testing.ts';

let ca: CertificateAuthority;
let tls: ServerTls;
let identity: AgentIdentity;
let otherIdentity: AgentIdentity;
let hub: TestHub;
const agents: TestAgent[] = [];

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
  identity = await testIdentity(ca, CLUSTER_A);
  otherIdentity = await testIdentity(ca, CLUSTER_B);
});
beforeEach(async () => {
  hub = await startTestHub({ ca, tls });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.link.close();
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

async function connected(as = identity): Promise<AgentLink> {
  const agent = startTestAgent(
    () => hub.address,
    () => as,
  );
  agents.push(agent);
  await agent.connections.first();
  return agent.link;
}

async function fetchAll(link: AgentLink, digests: readonly string[]): Promise<Map<string, Uint8Array>> {
  const blobs = new Map<string, Uint8Array>();
  for await (const { digest, data } of link.fetch(digests)) blobs.set(digest, data);
  return blobs;
}

describe('fetching by digest', () => {
  it('brings small, large and empty objects, each once, whatever they compress to', async () => {
    const contents = [
      randomBytes(3_000_000),
      Buffer.alloc(2_000_000, 'a'),
      Buffer.alloc(0),
      Buffer.from('{}'),
    ];
    const digests = contents.map((content) => hub.addBlob(content));
    const blobs = await fetchAll(await connected(), [...digests, digests[3]!]);
    expect(blobs.size).toBe(4);
    contents.forEach((content, index) =>
      expect(Buffer.compare(blobs.get(digests[index]!)!, content), `object ${index}`).toBe(0),
    );
  });

  it('loads once what is asked for in whatever order', async () => {
    const digests = ['a', 'b', 'c'].map((content) => hub.addBlob(Buffer.from(content)));
    await fetchAll(await connected(), digests);
    await fetchAll(await connected(otherIdentity), digests.toReversed());
    expect(hub.loads).toHaveLength(1);
  });

  it('loads once what many agents ask for, but a Secret for each', async () => {
    const plain = hub.addBlob(Buffer.from('{"kind":"ConfigMap"}'));
    const secret = Buffer.from('{"kind":"Secret"}');
    const keyed = hub.addBlob(
      secret,
      `hmac-sha256:${createHmac('sha256', 'key').update(secret).digest('hex')}`,
    );
    for (const link of [await connected(), await connected(otherIdentity)]) {
      expect([...(await fetchAll(link, [plain, keyed])).keys()].sort()).toEqual([keyed, plain].sort());
    }
    expect(hub.loads).toEqual([[plain], [keyed], [keyed]]);
  });

  it('does not share an answer that is too large to keep, and brings it all the same', async () => {
    await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
    hub = await startTestHub({ ca, tls, limits: { fetchCacheBytes: 60_000 } });
    const digests = Array.from({ length: 4 }, () => hub.addBlob(randomBytes(20_000)));
    const link = await connected();
    expect((await fetchAll(link, digests)).size).toBe(4);
    expect(hub.loads).toHaveLength(2);
    expect((await fetchAll(link, digests)).size).toBe(4);
    expect(hub.loads).toHaveLength(4);
  });

  it('refuses a digest that is not in the cluster’s desired state, naming it', async () => {
    const link = await connected();
    const foreign = sha256Digest(Buffer.from('of another cluster'));
    await expect(fetchAll(link, [foreign])).rejects.toMatchObject({
      name: 'HubRefused',
      code: status.PERMISSION_DENIED,
      message: `${foreign} is not in this cluster's desired state`,
    });
  });

  it('names the digest whose bytes are not its own, after asking once more', async () => {
    const digest = sha256Digest(Buffer.from('what was promised'));
    hub.blobs.set(digest, Buffer.from('something else'));
    await expect(fetchAll(await connected(), [digest])).rejects.toMatchObject({
      name: 'BlobMismatch',
      digest,
    });
  });

  it('mends itself when the bytes are right the second time', async () => {
    const content = Buffer.from('{"kind":"Secret"}');
    const digest = `hmac-${sha256Digest(Buffer.from('keyed'))}`;
    hub.blobs.set(digest, content);
    const link = await connected();
    const load = hub.load.bind(hub);
    hub.load = async function* (digests) {
      if (hub.loads.length > 0) yield* load(digests);
      else hub.loads.push([...digests]);
    };
    expect((await fetchAll(link, [digest])).get(digest)).toEqual(content);
    expect(hub.loads).toEqual([[digest], [digest]]);
  });

  it('refuses what is not a digest, nothing, and more than the limit', async () => {
    const link = await connected();
    for (const digests of [['../etc/passwd'], ['sha256:ABC']]) {
      await expect(fetchAll(link, digests)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    }
    const client = new SessionServiceClient(
      hub.address,
      identityCredentials(identity),
      channelOptions(hub.address, 2e6),
    );
    const many = Array.from({ length: 5_001 }, (_, index) => sha256Digest(Buffer.from([index])));
    for (const digests of [[], many]) {
      const read = async () => {
        for await (const _ of client.fetch({ digests }));
      };
      await expect(read()).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    }
    client.close();
  });

  it('is refused without an open session, however good the certificate', async () => {
    const digest = hub.addBlob(Buffer.from('{}'));
    const link = await connected();
    (await hub.opened.first()).removed('removed');
    const client = new SessionServiceClient(
      hub.address,
      identityCredentials(identity),
      channelOptions(hub.address, 1e6),
    );
    const read = async () => {
      for await (const _ of client.fetch({ digests: [digest] }));
    };
    await expect(read()).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    client.close();
    await expect(fetchAll(link, [digest])).rejects.toMatchObject({ name: 'HubRefused' });
  });
});

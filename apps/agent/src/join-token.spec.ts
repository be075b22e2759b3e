import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { startSimulatedCluster } from '@muster/kube-sim';
import type { SimulatedCluster } from '@muster/kube-sim';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConfig } from './config.ts';
import { givenJoinToken } from './join-token.ts';
import { agentNamespace, secrets } from './resources.ts';
import { ensureAgentNamespace } from './state/agent-secrets.ts';

const token = 'muster-join-a.b.c';

describe('the join token', () => {
  let cluster: SimulatedCluster;
  let kube: KubeClient;
  const { signal } = new AbortController();
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    kube = createKubeClient({
      server: cluster.url,
      token: cluster.token,
      tls: { ca: cluster.certificateAuthority },
    });
    await ensureAgentNamespace(kube);
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  const given = (places: Partial<AgentConfig>) =>
    givenJoinToken(
      { joinToken: undefined, joinTokenFile: undefined, joinTokenSecret: undefined, ...places },
      kube,
      pino({ level: 'silent' }),
      signal,
    );
  const invitation = (text: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'invitation', namespace: agentNamespace },
    data: { token: Buffer.from(text).toString('base64') },
  });
  const names = async (): Promise<string[]> =>
    (await kube.list(secrets, { namespace: agentNamespace })).items.map((item) => item.metadata.name);

  it('is not missed where its file or its Secret is gone: it is for the first start', async () => {
    expect(await given({ joinTokenFile: join(tmpdir(), 'no-such-file') })).toBeUndefined();
    expect(await given({ joinTokenSecret: 'no-such-secret' })).toBeUndefined();
    expect(await given({})).toBeUndefined();
  });

  it('does not stay in its Secret when it is needless', async () => {
    await kube.create(secrets, agentNamespace, invitation(`${token}\n`));
    const found = await given({ joinTokenSecret: 'invitation' });
    expect(found?.text).toBe(token);
    await found?.forget();
    expect(await names()).toEqual([]);
  });

  it('stays in its Secret when that holds another meanwhile', async () => {
    await kube.create(secrets, agentNamespace, invitation(token));
    const found = await given({ joinTokenSecret: 'invitation' });
    await kube.replace(
      secrets,
      { namespace: agentNamespace, name: 'invitation' },
      invitation('muster-join-d.e.f'),
    );
    await found?.forget();
    expect(await names()).toEqual(['invitation']);
  });
});

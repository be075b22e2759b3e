import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkpointFrom } from './checkpoint.ts';
import { agentHelp, parseAgentArguments } from './config.ts';
import { agentManifests } from './install/manifests.ts';

interface Deployment {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: { readonly httpGet: object };
}

describe("the agent's arguments", () => {
  it('name the namespaces to look in, each once, and no others', () => {
    const parsed = parseAgentArguments(['--namespaces', 'shop,pay,shop'], {});
    expect(parsed).toMatchObject({ kind: 'run', config: { namespaces: ['shop', 'pay'] } });
    expect(parseAgentArguments([], {})).toMatchObject({ config: { namespaces: undefined } });
    expect(parseAgentArguments([], { MUSTER_NAMESPACES: 'shop,,Pay' })).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('""') as string,
    });
  });

  it('win over the environment', () => {
    const parsed = parseAgentArguments(['--hub', 'flag:8444'], {
      MUSTER_HUB: 'env:8444',
      MUSTER_JOIN_TOKEN: 't',
      POD_UID: 'p',
    });
    expect(parsed).toMatchObject({
      kind: 'run',
      config: { hub: 'flag:8444', joinToken: 't', podUid: 'p', logLevel: 'info' },
    });
  });

  it('that make no sense are refused with a reason', () => {
    expect(parseAgentArguments(['--hubb', 'x'], {})).toMatchObject({ kind: 'error' });
    expect(parseAgentArguments(['--log-level', 'loud'], {})).toMatchObject({ kind: 'error' });
    expect(parseAgentArguments(['--health-listen', 'x'], {})).toMatchObject({ kind: 'error' });
    expect(parseAgentArguments(['--hub', 'hub.example.com'], {})).toMatchObject({ kind: 'error' });
    expect(parseAgentArguments(['--hub-session', 'hub:99999'], {})).toMatchObject({ kind: 'error' });
    expect(parseAgentArguments(['--help'], {})).toEqual({ kind: 'help' });
    expect(agentHelp()).toContain('--join-token TOKEN');
  });
});

describe('a checkpoint', () => {
  it('kills at the n-th time, and not without being told to', () => {
    let killed = 0;
    const checkpoint = checkpointFrom('before-apply:2', () => killed++);
    checkpoint('after-apply');
    checkpoint('before-apply');
    expect(killed).toBe(0);
    checkpoint('before-apply');
    expect(killed).toBe(1);
    checkpointFrom(undefined, () => killed++)('before-apply');
    expect(killed).toBe(1);
  });
});

describe('how often everything is looked at', () => {
  it.each([
    [undefined, 1_800_000],
    ['90s', 90_000],
    ['24h', 86_400_000],
  ])('is %s: %d ms', (text, ms) => {
    const parsed = parseAgentArguments(text === undefined ? [] : ['--full-check', text], {});
    expect(parsed).toMatchObject({ kind: 'run', config: { fullCheckMs: ms } });
  });

  it.each(['0s', '25h', '30', '1.5m', 'never', '-1m'])('cannot be %s', (text) => {
    expect(parseAgentArguments([], { MUSTER_FULL_CHECK: text })).toEqual({
      kind: 'error',
      message: `--full-check ${text}: a duration from 1s to 24h, such as 30m`,
    });
  });
});

describe('the install manifests', () => {
  it('are what a cluster needs, namespace first', () => {
    const documents = agentManifests({ image: 'registry/agent:1', hub: 'hub:8444', joinToken: 'tok' })
      .split('---\n')
      .map((text) => parse(text) as { kind: string; stringData?: object });
    expect(documents.map((document) => document.kind)).toEqual([
      'Namespace',
      'ServiceAccount',
      'ClusterRoleBinding',
      'Secret',
      'Deployment',
    ]);
    expect(documents[3]!.stringData).toEqual({ token: 'tok' });
  });

  it('tell the agent where its token is, and the kubelet where to ask whether it lives', () => {
    const text = agentManifests({ image: 'registry/agent:1', hub: 'hub:8444', joinToken: 'tok' });
    const deployment = parse(text.split('---\n').at(-1)!) as Deployment;
    const { env, livenessProbe, ports } = deployment.spec.template.spec.containers[0]!;
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const parsed = parseAgentArguments([], variables);
    expect(parsed).toMatchObject({
      kind: 'run',
      config: { hub: 'hub:8444', joinTokenSecret: 'muster-agent-join', healthAddress: { port: 8081 } },
    });
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: ports[0]!.name });
    expect(ports[0]!.containerPort).toBe(8081);
  });
});

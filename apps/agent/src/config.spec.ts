import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkpointFrom } from './checkpoint.ts';
import { agentHelp, parseAgentArguments } from './config.ts';
import { agentManifests } from './install/manifests.ts';

describe("the agent's arguments", () => {
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
});

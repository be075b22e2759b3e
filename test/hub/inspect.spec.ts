import type { BundleTree, KubernetesEvents, LiveObject, ProblemDetails } from '@muster/api';
import { HealthStatus, InspectPart, TreeNode } from '@muster/contracts';
import { encodeParts, RequestFailed } from '@muster/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };
const base = 'assignments/eu-1/checkout';

describe('what people ask of a cluster', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;

  beforeAll(async () => {
    fleet = await TestFleet.start(bundleFiles('checkout', everywhere));
    agent = await fleet.join('eu-1', everywhere);
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
  });
  afterAll(() => fleet.stop());

  function answerWith(...parts: NonNullable<InspectPart['part']>[]): void {
    agent.answer = async function* () {
      for (const part of parts) yield encodeParts([{ part }]);
    };
  }

  async function problem(path: string): Promise<ProblemDetails> {
    const answer = await fleet.raw('GET', path);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return (await answer.json()) as ProblemDetails;
  }

  function failWith(code: number, message: string): Promise<ProblemDetails> {
    agent.answer = async function* () {
      yield* [];
      throw new RequestFailed(code, message);
    };
    return problem(`${base}/tree`);
  }

  const node = TreeNode.fromPartial({
    object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'checkout', name: 'web' },
    uid: 'u1',
    health: HealthStatus.HEALTH_STATUS_HEALTHY,
    createdAtUnixMs: 1_795_262_400_000n,
  });

  it('is asked of its agent and told as JSON', async () => {
    answerWith({ $case: 'node', value: node }, { $case: 'notice', value: 'Secrets may not be listed' });
    expect(await fleet.api<BundleTree>('GET', `${base}/tree`)).toMatchObject({
      nodes: [{ kind: 'Deployment', name: 'web', health: 'Healthy', createdAt: '2026-11-21T12:00:00.000Z' }],
      notices: ['Secrets may not be listed'],
    });
    expect(agent.requests.at(-1)).toEqual({ $case: 'inspectTree', value: { bundle: 'checkout' } });
    answerWith({ $case: 'object', value: { node, json: Buffer.from('{"kind":"Deployment"}') } });
    const live = await fleet.api<LiveObject>('GET', `${base}/object?kind=deploy&name=web`);
    expect(live.object).toEqual({ kind: 'Deployment' });
    expect(agent.requests.at(-1)).toMatchObject({
      value: { object: { group: '', kind: 'deploy', namespace: '', name: 'web' } },
    });
    answerWith();
    expect((await fleet.api<KubernetesEvents>('GET', `${base}/events`)).events).toEqual([]);
  });

  it('is refused in words when the agent refuses it, cannot, or is too old', async () => {
    expect(await failWith(5, 'bundle checkout has no Job x here')).toMatchObject({
      status: 404,
      detail: 'Cluster "eu-1": bundle checkout has no Job x here.',
    });
    expect((await failWith(3, 'web may be many')).status).toBe(400);
    expect((await failWith(7, 'pods/log')).status).toBe(409);
    expect((await failWith(14, 'the API server does not answer the agent')).status).toBe(503);
    expect((await failWith(13, 'broken')).status).toBe(502);
    agent.answer = () => undefined;
    expect(await problem(`${base}/tree`)).toMatchObject({
      status: 501,
      detail: 'The agent of cluster "eu-1" (version test) is too old to be asked this: upgrade it.',
    });
    agent.answer = async function* () {
      yield Buffer.from('no parts');
    };
    expect((await problem(`${base}/tree`)).status).toBe(502);
  });

  it('is refused for bundles that are not there, and for questions that make no sense', async () => {
    expect((await problem('assignments/eu-1/none/tree')).status).toBe(404);
    expect((await problem('assignments/none/checkout/logs')).status).toBe(404);
    expect(await problem(`${base}/logs?tailLines=x&since=1`)).toMatchObject({
      status: 400,
      errors: [{ field: 'tailLines' }, { field: 'since' }],
    });
  });

  it('comes as a stream of lines where it is a log, and what goes wrong on the way is its last', async () => {
    const source = { namespace: 'checkout', pod: 'web-1', container: 'web' };
    agent.answer = async function* () {
      yield encodeParts([{ part: { $case: 'source', value: source } }]);
      yield encodeParts([{ part: { $case: 'line', value: { source, text: 'listening' } } }]);
      throw new RequestFailed(14, 'the API server does not answer the agent');
    };
    const answer = await fleet.raw('GET', `${base}/logs?follow=true&container=web&tailLines=5`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await answer.text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'source', ...source },
      { type: 'line', ...source, text: 'listening' },
      {
        type: 'error',
        message: 'Cluster "eu-1" can\'t be asked at the moment: the API server does not answer the agent.',
      },
    ]);
    expect(agent.requests.at(-1)).toMatchObject({
      value: { follow: true, previous: false, container: 'web', tailLines: 5, sinceSeconds: 0 },
    });
    expect((await failWith(5, 'it has no Pods')).status).toBe(404);
  });

  it('waits for a reader that is slow, and keeps what it has not read at the agent', async () => {
    const line = 'x'.repeat(10_000);
    let given = 0;
    agent.answer = async function* (_request, signal) {
      const source = { namespace: 'checkout', pod: 'web-1', container: 'web' };
      for (; given < 5_000 && !signal.aborted; given++)
        yield encodeParts([{ part: { $case: 'line', value: { source, text: `${given} ${line}` } } }]);
    };
    const answer = await fleet.raw('GET', `${base}/logs`);
    await fleet.api('GET', 'status');
    expect(given).toBeLessThan(5_000);
    const text = await answer.text();
    expect(text.trim().split('\n')).toHaveLength(5_000);
  });

  it('is refused with what to do while the cluster is not connected', async () => {
    agent.close();
    await expect.poll(async () => (await problem(`${base}/tree`)).status, { timeout: 20_000 }).toBe(503);
    expect((await problem(`${base}/tree`)).detail).toContain('muster describe cluster eu-1');
  });
});

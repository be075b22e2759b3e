import { KubeApiError, KubeNetworkError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { describe, expect, it } from 'vitest';
import type { ObjectWrite } from '../applier.ts';
import { configMaps } from '../testing.ts';
import { examine } from './examination.ts';

/** A ConfigMap of which `muster` owns `ours`, and somebody with kubectl `theirs`. */
function configMap(
  data: Record<string, string>,
  ours: string[],
  theirs: string[],
  resourceVersion = '7',
): string {
  const fields = (names: string[]) => ({
    'f:data': Object.fromEntries(names.map((name) => [`f:${name}`, {}])),
  });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'a',
      namespace: 'shop',
      resourceVersion,
      managedFields: [
        { manager: 'muster', operation: 'Apply', time: '2026-01-01T00:00:00Z', fieldsV1: fields(ours) },
        {
          manager: 'kubectl-edit',
          operation: 'Update',
          time: '2026-01-01T00:00:01Z',
          fieldsV1: fields(theirs),
        },
      ],
    },
    data,
  });
}

function write(data: Record<string, string>, policy: Policy = {}, kind = 'ConfigMap'): ObjectWrite {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'shop' }, data };
  return {
    id: `/${kind}/shop/a`,
    reason: 'drift',
    bundle: { policy },
    object: { digest: 'sha256:d', group: '', version: 'v1', kind, name: 'a', id: `/${kind}/shop/a` },
    resource: configMaps,
    key: { namespace: 'shop', name: 'a' },
    entry: undefined,
    bytes: Buffer.from(JSON.stringify(object)),
  } as unknown as ObjectWrite;
}

/** An API server that has this object, and answers dry-runs so, one after the other. */
function server(live: string | undefined, ...answers: (string | Error)[]) {
  const asked: string[] = [];
  const kube = {
    getText: async () => {
      if (live === undefined) throw new KubeApiError(404, 'NotFound', '');
      return live;
    },
    dryRun: async (_resource: unknown, _key: unknown, body: Uint8Array) => {
      asked.push(Buffer.from(body).toString());
      const answer = answers.shift();
      if (answer === undefined) throw new Error('nobody should have asked');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as KubeClient;
  return { kube, asked };
}

const refused = new KubeApiError(400, 'BadRequest', 'admission webhook "x" does not support dry run');
const both = ['x', 'y'];

async function find(
  of: ReturnType<typeof server>,
  data = { x: '1', y: '1' },
  { lossSuffices = false, policy = {}, kind = 'ConfigMap', isNew = false } = {},
) {
  return examine(write(data, policy, kind), { kube: of.kube, actor: of.kube, lossSuffices, isNew });
}

describe('an object that may have drifted', () => {
  it('is gone when nobody has it', async () => {
    expect(await find(server(undefined))).toEqual({ kind: 'gone' });
  });

  it('has drifted without a question when managedFields prove it, and that suffices', async () => {
    const of = server(configMap({ x: '2', y: '1' }, ['y'], ['x']));
    expect(await find(of, undefined, { lossSuffices: true })).toMatchObject({
      kind: 'differs',
      differences: [{ path: '/data/x', desired: '"1"', live: '"2"', manager: 'kubectl-edit' }],
    });
    expect(of.asked).toEqual([]);
  });

  it('is as it should be when an apply would change nothing', async () => {
    const live = configMap({ x: '1', y: '1' }, both, []);
    expect(await find(server(live, live))).toMatchObject({ kind: 'same', isWhole: true });
  });

  it('is not known by managedFields where its manifest was never applied', async () => {
    const live = configMap({ x: '2', y: '1' }, both, []);
    await expect(find(server(live, refused), undefined, { isNew: true })).rejects.toBe(refused);
    const applied = configMap({ x: '1', y: '1' }, both, [], '8');
    const busy = server(live, applied, applied, applied);
    expect(await find(busy, undefined, { isNew: true })).toMatchObject({
      kind: 'differs',
      differences: [{ path: '/data/x', desired: '"1"', live: '"2"' }],
    });
  });

  it('is as it should be, but no longer ours, when an apply would change only who owns it', async () => {
    const live = configMap({ x: '1', y: '1' }, ['y'], ['x']);
    expect(await find(server(live, configMap({ x: '1', y: '1' }, both, ['x'])))).toMatchObject({
      kind: 'same',
      isWhole: false,
    });
  });

  it('has drifted when two tries say the same, with what they would make of it', async () => {
    const live = configMap({ x: '2', y: '1' }, ['y'], ['x']);
    const applied = configMap({ x: 'as defaulted', y: '1' }, both, []);
    expect(await find(server(live, applied, applied))).toMatchObject({
      kind: 'differs',
      differences: [{ path: '/data/x', desired: '"as defaulted"', live: '"2"' }],
    });
  });

  it.each([
    ['refused', [refused]],
    ['refused the second time', [configMap({ x: '9', y: '1' }, both, []), refused]],
    [
      'something else each time',
      [configMap({ x: '8', y: '1' }, both, []), configMap({ x: '9', y: '1' }, both, [])],
    ],
  ])('is what managedFields say when the answer is %s', async (_, answers) => {
    const kept = configMap({ x: '1', y: '1' }, both, []);
    expect(await find(server(kept, ...answers))).toMatchObject({ kind: 'same', isWhole: true });
    const taken = configMap({ x: '2', y: '1' }, ['y'], ['x']);
    expect(await find(server(taken, ...answers))).toMatchObject({
      kind: 'differs',
      differences: [{ path: '/data/x', desired: '"1"', live: '"2"' }],
    });
  });

  it('is looked at anew when it changed meanwhile, and judged by what was seen when it goes on changing', async () => {
    const live = configMap({ x: '1', y: '1' }, both, []);
    const later = (version: string) => configMap({ x: '1', y: '1' }, both, [], version);
    const of = server(live, later('8'), live);
    expect(await find(of)).toMatchObject({ kind: 'same' });
    expect(of.asked).toHaveLength(2);
    expect(await find(server(live, later('8'), later('9'), later('10')))).toMatchObject({ kind: 'same' });
  });

  it('is not judged while the API server cannot answer', async () => {
    const live = configMap({ x: '1', y: '1' }, both, []);
    const broken = new KubeApiError(500, 'InternalError', 'failed calling webhook');
    await expect(find(server(live, broken))).rejects.toBe(broken);
    const away = new KubeNetworkError('reset', 'ECONNRESET');
    await expect(find(server(live, away))).rejects.toBe(away);
  });

  it('shows nothing of a Secret but the names of fields', async () => {
    const live = configMap({ x: '2', y: '1' }, ['y'], ['x']).replaceAll('ConfigMap', 'Secret');
    expect(await find(server(live, refused), undefined, { kind: 'Secret' })).toMatchObject({
      differences: [{ path: '/data/x', desired: '', live: '', manager: 'kubectl-edit' }],
    });
  });

  it('is asked about without what its bundle ignores, and lost nothing with it', async () => {
    const live = configMap({ x: '2', y: '1' }, ['y'], ['x']);
    const of = server(live, live);
    const policy: Policy = { ignoreDifferences: [{ fields: ['/data/x'] }] };
    expect(await find(of, undefined, { lossSuffices: true, policy })).toMatchObject({
      kind: 'same',
      isWhole: true,
    });
    expect(JSON.parse(of.asked[0]!)).toMatchObject({ data: { y: '1' } });
    expect(of.asked[0]).not.toContain('"x"');
  });

  it('tells no more than twenty fields', async () => {
    const data = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '1']));
    const live = configMap({}, ['other'], []);
    const finding = await examine(write(data), {
      kube: server(live).kube,
      actor: server(live).kube,
      lossSuffices: true,
    });
    expect(finding.kind === 'differs' && finding.differences).toHaveLength(20);
  });
});

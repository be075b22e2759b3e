import type { InventoryEntry } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { describe, expect, it } from 'vitest';
import type { ObjectWrite } from '../applier.ts';
import { configMaps } from '../testing.ts';
import { ignoringPrint, ignoreProblems, keepIgnored } from './ignoring.ts';

const policy: Policy = { ignoreDifferences: [{ target: { kind: 'ConfigMap' }, fields: ['/data/a'] }] };

const manifest =
  '{"apiVersion":"v1","data":{"a":"ours","b":"2"},"kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"}}';

function write(more: Partial<ObjectWrite> = {}): ObjectWrite {
  return {
    id: '/ConfigMap/shop/a',
    reason: 'changed',
    bundle: { policy },
    object: { digest: 'd', group: '', version: 'v1', kind: 'ConfigMap', name: 'a', id: '/ConfigMap/shop/a' },
    resource: configMaps,
    key: { namespace: 'shop', name: 'a' },
    entry: undefined,
    bytes: Buffer.from(manifest),
    ...more,
  } as unknown as ObjectWrite;
}

/** An API server whose object a manager has with another value. */
function server(manager: string, value = 'theirs'): KubeClient {
  const fieldsV1 = { 'f:data': { 'f:a': {} } };
  const live = {
    metadata: { name: 'a', managedFields: [{ manager, operation: 'Update', fieldsV1 }] },
    data: { a: value, b: '1' },
  };
  return { getText: async () => JSON.stringify(live) } as unknown as KubeClient;
}

const dataOf = ({ bytes }: ObjectWrite) =>
  (JSON.parse(Buffer.from(bytes).toString()) as { data: object }).data;

describe('a write of an object with ignored fields', () => {
  it('leaves out what another manager owns', async () => {
    expect(dataOf(await keepIgnored(write(), server('hpa')))).toEqual({ b: '2' });
  });

  it('sends what is there when the object is adopted, because what its former tool owned becomes ours', async () => {
    const entry = { state: 'intended', adopted: true } as InventoryEntry;
    // Of what somebody made just now the plan did not know yet.
    for (const adopting of [write({ reason: 'adopt', entry }), write({ reason: 'create' })])
      expect(dataOf(await keepIgnored(adopting, server('kubectl-client-side-apply')))).toEqual({
        a: 'theirs',
        b: '2',
      });
  });

  it('is the manifest itself, to the byte, when the object is made, or was deleted meanwhile', async () => {
    const gone = {
      getText: async () => Promise.reject(new KubeApiError(404, 'NotFound', '')),
    } as unknown as KubeClient;
    for (const reason of ['create', 'changed'] as const)
      expect(await keepIgnored(write({ reason }), gone)).toMatchObject({ bytes: Buffer.from(manifest) });
  });

  it('is the manifest itself, and asks nothing, where no rule concerns it', async () => {
    const other: Policy = { ignoreDifferences: [{ target: { kind: 'Secret' }, fields: ['/data'] }] };
    const unruled = write({ bundle: { policy: other } as ObjectWrite['bundle'] });
    expect(await keepIgnored(unruled, {} as KubeClient)).toBe(unruled);
  });
});

it('an object is applied again under other rules that concern it, and under no others', () => {
  const print = (ignoreDifferences: NonNullable<Policy['ignoreDifferences']>) => {
    const { bundle, object } = write({ bundle: { policy: { ignoreDifferences } } as ObjectWrite['bundle'] });
    return ignoringPrint(bundle, object);
  };
  const one = print([{ fields: ['/data/a'] }]);
  expect(one).toHaveLength(16);
  expect(print([{ fields: ['/data/a'] }, { target: { kind: 'Secret' }, fields: ['/x'] }])).toBe(one);
  expect(print([{ fields: ['/data/b'] }])).not.toBe(one);
  expect(print([{ target: { kind: 'Secret' }, fields: ['/data/a'] }])).toBeUndefined();
});

it('rules that cannot be read are told', () => {
  expect(ignoreProblems({ ignoreDifferences: [{ target: { name: '(' } }] })).toEqual([
    'ignoreDifferences: the target {"name":"("} cannot be read',
  ]);
  expect(ignoreProblems({})).toEqual([]);
});

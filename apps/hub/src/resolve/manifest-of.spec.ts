import type { RenderedObject } from '@muster/render';
import { expect, test } from 'vitest';
import { manifestOf, type SecretSealer } from './manifest-of.ts';

const sealer: SecretSealer = {
  digest: () => `hmac-sha256:${'5'.repeat(64)}`,
  sealed: (digest) => ({ digest, sealed: true, data: Buffer.from('sealed') }),
};

function object(over: Partial<RenderedObject>): RenderedObject {
  const it = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings', ...over };
  return {
    path: 'a.yaml',
    document: 0,
    annotations: {},
    images: [],
    bytes: Buffer.from(JSON.stringify(it)),
    ...it,
  };
}

test('a manifest names its objects in their order, each stored once', () => {
  const same = Buffer.from('{}');
  const outcome = manifestOf(
    [
      object({ name: 'b', bytes: same }),
      object({ name: 'a', bytes: same, apiVersion: 'apps/v1', kind: 'Deployment', images: ['nginx'] }),
    ],
    sealer,
  );
  if (outcome.kind !== 'made') throw new Error('refused');
  expect(outcome.objects).toHaveLength(1);
  expect(Buffer.from(outcome.manifest.data).toString()).toMatch(
    /^\{"version":1,"objects":\["sha256:[0-9a-f]{64}","sha256:[0-9a-f]{64}"\]\}$/,
  );
  expect(outcome.manifest.objects[1]).toMatchObject({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    images: ['nginx'],
  });
});

test('a Secret is addressed by a keyed digest and stored sealed; a kind of that name in another group is not', () => {
  const outcome = manifestOf(
    [object({ kind: 'Secret' }), object({ kind: 'Secret', apiVersion: 'example.com/v1' })],
    sealer,
  );
  if (outcome.kind !== 'made') throw new Error('refused');
  expect(outcome.objects.map((it) => it.sealed)).toEqual([true, false]);
  expect(outcome.manifest.objects[0]?.objectDigest).toMatch(/^hmac-sha256:/);
});

test('an object that stands twice is refused, with both places', () => {
  const outcome = manifestOf([object({}), object({ path: 'b.yaml' }), object({ namespace: 'cart' })], sealer);
  expect(outcome).toMatchObject({
    kind: 'refused',
    problems: [
      { path: 'b.yaml', message: 'ConfigMap shop/settings stands twice in this bundle, first in a.yaml' },
    ],
  });
});

test('an object that no API server takes is refused, with its place; one that is just small enough is not', () => {
  const limit = 3 * 1024 * 1024;
  const large = object({ path: 'b.yaml', document: 2, name: 'large', bytes: Buffer.alloc(limit + 1) });
  const outcome = manifestOf([object({ bytes: Buffer.alloc(limit) }), large], sealer);
  expect(outcome).toEqual({
    kind: 'refused',
    problems: [
      {
        path: 'b.yaml',
        document: 2,
        message: 'ConfigMap shop/large has 3.0 MiB; Kubernetes takes objects of 3 MiB at most',
      },
    ],
  });
});

import type { Bundle } from '@muster/fleet-model';
import type { GitSource } from '@muster/git-source';
import { type Renderer, RenderWorkerError } from '@muster/render';
import type { BundleRow, ContentRepository } from '@muster/store';
import { expect, test } from 'vitest';
import { BundleResolver } from './bundle-resolver.ts';

/** Each bundle's folder is a tree of the same name with one file, whose content is that name. */
const git = {
  resolvePath: async (_: string, path: string) => ({ id: path, kind: 'tree' as const }),
  listFiles: async (id: string) => [{ path: 'a.yaml', kind: 'file' as const, id }],
  readBlobs: async (ids: readonly string[]) => ids.map((id) => Buffer.from(id)),
} as unknown as GitSource;

function bundle(name: string): Bundle {
  return {
    name,
    labels: {},
    source: { kind: 'manifests', path: name, include: ['**'] },
    targets: [],
    except: [],
    definedIn: { file: `${name}/muster.yaml`, line: 3, column: 1 },
  };
}

function resolver(render: (name: string) => void): BundleResolver {
  return new BundleResolver({
    git,
    folder: 'fleet',
    rootTree: 'root',
    renderer: {
      engineVersion: '1',
      render: async ({ files }) => {
        render(Buffer.from(files[0]!.data).toString());
        return { kind: 'rendered', objects: [] };
      },
      close: async () => undefined,
    } satisfies Renderer,
    contents: { renderings: async () => new Map() } as unknown as ContentRepository,
    sealer: { digest: () => '', sealed: (digest, data) => ({ digest, sealed: true, data }) },
  });
}

function died(name: string): void {
  if (name === 'poison') throw new RenderWorkerError('it died twice', { ofSource: true });
}

test('a source that kills the worker fails its bundle, and the others go on', async () => {
  const [good, bad] = await resolver(died).resolveAll([bundle('cart'), bundle('poison')], new Map());
  expect(good).toMatchObject({ problems: [], manifestDigest: expect.any(String) as string });
  expect(bad).toMatchObject({
    manifestDigest: undefined,
    problems: [{ file: 'fleet/poison/muster.yaml', line: 3, message: 'it died twice' }],
  });
});

test('it is tried anew with the next commit, whatever that changes', async () => {
  const [bad] = await resolver(died).resolveAll([bundle('poison')], new Map());
  const row = {
    inputKey: bad!.inputKey,
    problems: bad!.problems,
    spec: bundle('poison'),
  } as unknown as BundleRow;
  const [mended] = await resolver(() => undefined).resolveAll([bundle('poison')], new Map([['poison', row]]));
  expect(mended?.problems).toEqual([]);
});

test('a worker that can not run at all is no fault of any bundle', async () => {
  const closed = resolver(() => {
    throw new RenderWorkerError('the renderer is closed');
  });
  await expect(closed.resolveAll([bundle('cart')], new Map())).rejects.toThrow('closed');
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRenderer, type SourceFile } from '@muster/render';
import { largeDefinitions } from './large-definitions.ts';

const folder = join(import.meta.dirname, 'manifests');

/** The namespace that the objects go to which name none. */
export const corpusNamespace = 'corpus';

/**
 * Objects as real clusters run them, in the bytes that a hub hands out: read from YAML by the render worker, as any
 * fleet repo's are. See the files in `manifests` for what is odd about each.
 */
export async function loadCorpus(): Promise<readonly Uint8Array[]> {
  const renderer = await createRenderer();
  try {
    const rendered = await renderer.render({ kind: 'manifests', files: await files() });
    if (rendered.kind === 'refused') {
      throw new Error(rendered.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    }
    return rendered.objects.map(({ bytes }) => bytes);
  } finally {
    await renderer.close();
  }
}

async function files(): Promise<SourceFile[]> {
  const written = await Promise.all(
    (await readdir(folder))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map(async (path) => ({ path, data: await readFile(join(folder, path)) })),
  );
  const large = largeDefinitions().flatMap(({ definition, object }) => [definition, object]);
  const made = large.map((object, index) => ({
    path: `zz-large-${index}.yaml`,
    data: Buffer.from(JSON.stringify(object)),
  }));
  return [...written, ...made];
}

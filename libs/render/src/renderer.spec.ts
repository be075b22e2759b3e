import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRenderWorker, createRenderer } from './index.ts';
import type { RenderOutcome, Renderer, SourceFile } from './index.ts';

const file = (path: string, text: string): SourceFile => ({ path, data: Buffer.from(text) });
const configMap = (name: string, data = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {key: "${data}"}\n`;

function texts(outcome: RenderOutcome): string[] {
  if (outcome.kind === 'refused') return outcome.problems.map(({ message }) => message);
  return outcome.objects.map(({ bytes }) => Buffer.from(bytes).toString());
}

describe('the renderer', () => {
  let workerPath: string;
  let renderer: Renderer;
  let folder: string;

  beforeAll(async () => {
    workerPath = await buildRenderWorker();
    renderer = await createRenderer({ workerPath });
    folder = await mkdtemp(join(tmpdir(), 'muster-render-'));
  }, 120_000);
  afterAll(async () => {
    await renderer.close();
    await rm(folder, { recursive: true });
  });

  /** A worker that misbehaves on sources that have a file of a certain name, and is the real one otherwise. */
  async function workerThat(misbehaviour: 'hangs' | 'dies'): Promise<string> {
    const path = join(folder, misbehaviour);
    await writeFile(
      path,
      `#!${process.execPath}
const child = require('node:child_process').spawn(${JSON.stringify(workerPath)}, { stdio: ['pipe', 'pipe', 'inherit'] });
child.stdout.pipe(process.stdout);
const greeted = new Promise((resolve) => child.stdout.once('data', resolve));
process.stdin.on('data', (chunk) => {
  if (!chunk.includes('poison.yaml')) child.stdin.write(chunk);
  else if (${JSON.stringify(misbehaviour)} === 'dies') greeted.then(() => { child.kill(); process.exit(3); });
});
process.stdin.on('end', () => child.stdin.end());
`,
    );
    await chmod(path, 0o755);
    return path;
  }

  it('gives objects with their canonical bytes, place and facts', async () => {
    const pod =
      'kind: Pod\napiVersion: v1\nmetadata: {name: b, namespace: shop, annotations: {muster.dev/wave: "1", x: other}}\nspec: {containers: [{image: nginx}]}';
    const outcome = await renderer.render({
      kind: 'manifests',
      files: [file('a/b.yaml', `---\n---\n${pod}`)],
    });
    expect(outcome).toMatchObject({
      kind: 'rendered',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: 'shop',
          name: 'b',
          path: 'a/b.yaml',
          document: 2,
          annotations: { 'muster.dev/wave': '1' },
          images: ['nginx'],
        },
      ],
    });
    expect(texts(outcome)).toEqual([
      '{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"muster.dev/wave":"1","x":"other"},"name":"b","namespace":"shop"},"spec":{"containers":[{"image":"nginx"}]}}',
    ]);
  });

  it('refuses with file, document and line', async () => {
    const outcome = await renderer.render({
      kind: 'manifests',
      files: [file('a.yaml', `${configMap('a')}---\nkind: X\nmetadata: {name: a}\n`)],
    });
    expect(outcome).toEqual({
      kind: 'refused',
      problems: [{ path: 'a.yaml', document: 2, line: 6, message: 'apiVersion is missing' }],
    });
  });

  it('renders nothing from nothing', async () => {
    expect(await renderer.render({ kind: 'manifests', files: [] })).toEqual({
      kind: 'rendered',
      objects: [],
    });
  });

  it('answers many at once, each with its own', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        renderer.render({
          kind: 'manifests',
          files: [file('a.yaml', configMap(`n${i}`, 'x'.repeat(i * 1000)))],
        }),
      ),
    );
    expect(
      outcomes.map((outcome) => (outcome.kind === 'rendered' ? outcome.objects[0]?.name : outcome)),
    ).toEqual(Array.from({ length: 100 }, (_, i) => `n${i}`));
  });

  it('gives the same bytes for the same files, whatever their order and company', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue(), { maxKeys: 5 }),
        async (data) => {
          const files = Object.entries(data).map(([name, value]) =>
            file(
              `${name}.json`,
              JSON.stringify({ kind: 'X', metadata: { name: `x-${name}` }, apiVersion: 'v1', data: value }),
            ),
          );
          const [once, again] = await Promise.all([
            renderer.render({ kind: 'manifests', files }),
            renderer.render({ kind: 'manifests', files: files.toReversed() }),
          ]);
          expect(texts(again)).toEqual(texts(once));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses a source that is too large without sending it', async () => {
    const large = { path: 'a.yaml', data: new Uint8Array(33 * 1024 * 1024) };
    const many = Array.from({ length: 10_001 }, (_, i) => file(`${i}.yaml`, ''));
    expect(texts(await renderer.render({ kind: 'manifests', files: [large] }))).toEqual([
      'The source has 33 MiB; 32 MiB are the limit',
    ]);
    expect(texts(await renderer.render({ kind: 'manifests', files: many }))).toEqual([
      'The source has 10001 files; 10000 are the limit',
    ]);
  });

  it('forgets a render whose caller gave up, and goes on', async () => {
    const files = [file('a.yaml', configMap('a'))];
    const abort = new AbortController();
    const given = renderer.render({ kind: 'manifests', files }, { signal: abort.signal });
    abort.abort(new Error('no longer needed'));
    await expect(given).rejects.toThrow('no longer needed');
    expect(texts(await renderer.render({ kind: 'manifests', files }))).toHaveLength(1);
  });

  it('refuses what takes too long, and only that', async () => {
    const slow = await createRenderer({ workerPath: await workerThat('hangs'), timeLimitMs: 1000 });
    const good = { kind: 'manifests', files: [file('good.yaml', configMap('good'))] } as const;
    const poisoned = slow.render({ kind: 'manifests', files: [file('poison.yaml', configMap('p'))] });
    expect(texts(await poisoned)).toEqual(['The source takes longer to render than 1 s']);
    expect(texts(await slow.render(good))).toHaveLength(1);
    await slow.close();
  });

  it('survives a source that kills its worker: the others are rendered by the next one', async () => {
    const fragile = await createRenderer({ workerPath: await workerThat('dies') });
    const poisoned = fragile.render({ kind: 'manifests', files: [file('poison.yaml', configMap('p'))] });
    const good = Promise.all(
      [1, 2, 3].map((i) =>
        fragile.render({ kind: 'manifests', files: [file('good.yaml', configMap(`g${i}`))] }),
      ),
    );
    const message = expect.stringContaining('died twice') as string;
    await expect(poisoned).rejects.toMatchObject({ message, ofSource: true });
    expect((await good).flatMap(texts)).toHaveLength(3);
    await fragile.close();
  });

  it('tells when there is no worker, or not one of ours', async () => {
    const message = expect.stringContaining('did not start') as string;
    await expect(createRenderer({ workerPath: '/nowhere' })).rejects.toMatchObject({
      message,
      ofSource: false,
    });
    await expect(createRenderer({ workerPath: '/bin/true' })).rejects.toThrow('did not start');
  });
});

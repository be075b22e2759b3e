import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { inRoot } from '../paths.ts';
import { runToEnd } from '../run.ts';
import { buildAll } from './build.ts';

/** `npm run bench -- NAME [--quick]`: one benchmark; its last line on stdout is one JSON object. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const folder = inRoot('test/bench');
  const names = (await readdir(folder))
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.slice(0, -'.bench.ts'.length));
  if (name === undefined || !existsSync(`${folder}/${name}.bench.ts`)) {
    process.stderr.write(`usage: npm run bench -- NAME [--quick]\nbenchmarks: ${names.sort().join(', ')}\n`);
    return 2;
  }
  await buildAll();
  const { code } = await runToEnd(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    `${folder}/${name}.bench.ts`,
    ...rest,
  ]);
  return code;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { inRoot } from './paths.ts';
import { run } from './run.ts';

const target = inRoot('libs/contracts/src/generated');
const stamp = inRoot('libs/contracts/src/generated/.digest');

/** Generates the protocol's TypeScript from `proto/` when a file there has changed. */
export async function generateContracts(): Promise<void> {
  const digest = await digestOfProtocol();
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest) return;
  await run(inRoot('node_modules/.bin/buf'), ['generate'], { cwd: inRoot('proto'), quiet: true });
  await mkdir(target, { recursive: true });
  await writeFile(stamp, digest);
}

async function digestOfProtocol(): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(inRoot('proto'), { recursive: true });
  for (const name of names.filter((file) => /\.(proto|yaml)$/.test(file)).sort()) {
    hash.update(name).update(await readFile(inRoot('proto', name)));
  }
  return hash.digest('hex');
}

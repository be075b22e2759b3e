import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const asOldNode = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.19.0' } })`;
/** Says what it was given, and takes a moment to stop, as a hub does. */
const program = `
  process.on('SIGTERM', () => setTimeout(() => { console.log('stopped in its own time'); process.exit(3); }, 50));
  console.log('started with', process.argv.slice(2).join(' '));
  setInterval(() => undefined, 1000);
`;

describe('the launcher on an old Node', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-launcher-'));
    for (const path of ['bin', 'dist', 'node_modules/node/bin'])
      await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'node_modules/node/package.json'), '{"name":"node","version":"24.0.0"}');
    await symlink(process.execPath, join(folder, 'node_modules/node/bin/node'));
    await copyFile(join(import.meta.dirname, '../bin/muster.js'), join(folder, 'bin/muster.js'));
    await writeFile(join(folder, 'dist/main.js'), program);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('hands over to the Node of the checkout, hands SIGTERM on, and stays until the program has stopped', async () => {
    const args = ['--import', asOldNode, join(folder, 'bin/muster.js'), 'hub', '--data', 'x'];
    const launcher = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [code] = await Promise.all([
      once(launcher, 'exit').then(([it]) => it as number | null),
      once(launcher.stdout, 'readable').then(() => launcher.kill('SIGTERM')),
      text(launcher.stdout).then((said) => {
        expect(said).toBe('started with hub --data x\nstopped in its own time\n');
      }),
    ]);
    expect(code).toBe(3);
  });
});

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const goCheck = resolve(import.meta.dirname, '../../apps/workspace/src/go.ts');

/** What the set-up says of Go on a machine whose PATH is this folder alone. */
async function saysWith(path: string): Promise<string> {
  const program = `import(${JSON.stringify(goCheck)}).then((it) => it.requireGo()).then(() => console.log('fine'), (error) => console.log(error.message))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env: { PATH: path } });
  return stdout.trim();
}

describe('the set-up', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-set-up-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function withGo(version: string): Promise<string> {
    await writeFile(join(folder, 'go'), `#!/bin/sh\necho "go version go${version} linux/amd64"\n`);
    await chmod(join(folder, 'go'), 0o755);
    return folder;
  }

  it('says what to install, and in which version, where there is no Go', async () => {
    expect(await saysWith(folder)).toMatch(
      /^Go 1\.\d+ or newer is needed to build the render worker, and no `go` is on the PATH\. Install it/,
    );
  });

  it('says so of one that is too old, too', async () => {
    expect(await saysWith(await withGo('1.19.8'))).toMatch(
      /^Go 1\.\d+ or newer is needed.*this is go version go1\.19\.8.*Install a newer one/,
    );
  });

  it('takes a newer one', async () => {
    expect(await saysWith(await withGo('1.99.0'))).toBe('fine');
  });
});

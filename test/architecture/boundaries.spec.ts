import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const violations = join(root, 'libs/targeting/src/boundary-violation');

/** Lints one file that breaks a rule on purpose and gives what ESLint said, by rule. */
async function lint(name: string, source: string): Promise<string[]> {
  await mkdir(violations, { recursive: true });
  const file = join(violations, name);
  await writeFile(file, source);
  const output = await new Promise<string>((resolvePromise) => {
    const eslint = join(root, 'node_modules/.bin/eslint');
    execFile(eslint, ['--format', 'json', file], { cwd: root, maxBuffer: 10_000_000 }, (_error, stdout) =>
      resolvePromise(stdout),
    );
  });
  const [result] = JSON.parse(output) as { messages: { ruleId: string | null }[] }[];
  return (result?.messages ?? []).map((message) => message.ruleId ?? 'parse error');
}

describe('the boundaries between packages', () => {
  // The rule looks at Nx's project graph, and is silent where there is none.
  beforeAll(async () => {
    const env = { ...process.env, NX_DAEMON: 'false' };
    await promisify(execFile)(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, env });
  });
  afterAll(() => rm(violations, { recursive: true, force: true }));

  it('refuse an adapter in a pure lib', async () => {
    const rules = await lint(
      'adapter.ts',
      "import * as kube from '@muster/kube';\nexport const used = kube;\n",
    );
    expect(rules).toContain('@nx/enforce-module-boundaries');
  }, 60_000);

  it('refuse I/O, the clock and randomness in a pure lib', async () => {
    const rules = await lint(
      'impure.ts',
      "import { hostname } from 'node:os';\nexport const used = [hostname(), Date.now(), Math.random(), process.pid];\n",
    );
    expect(rules).toEqual(
      expect.arrayContaining(['no-restricted-imports', 'no-restricted-properties', 'no-restricted-globals']),
    );
  }, 60_000);

  it('let a pure lib use a pure lib', async () => {
    const rules = await lint(
      'pure.ts',
      "import type { LabelSelector } from '@muster/fleet-model';\nexport type Used = LabelSelector;\n",
    );
    expect(rules).not.toContain('@nx/enforce-module-boundaries');
  }, 60_000);
});

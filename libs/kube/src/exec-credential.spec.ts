import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeConfig } from './load-config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-plugin-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A kubeconfig whose credential this shell script gives. */
async function withPlugin(script: string): Promise<string> {
  const plugin = join(folder, 'plugin');
  await writeFile(plugin, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const file = join(folder, 'kubeconfig');
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'a', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  };
  await writeFile(file, JSON.stringify(content));
  return file;
}

test('a credential plugin gives the token', async () => {
  const status = { token: 'of the plugin' };
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  const config = await loadKubeConfig({ file: await withPlugin(`echo '${JSON.stringify(answer)}'`) });
  expect(await config.authorization?.({ fresh: false })).toBe('Bearer of the plugin');
});

test('a credential plugin is asked again where the API server no longer takes what it gave', async () => {
  const before = `{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"`;
  const counting = `echo >> ${folder}/calls; printf '${before}%s"}}' "$(cat ${folder}/calls | tr '\\n' x)"`;
  const config = await loadKubeConfig({ file: await withPlugin(counting) });
  const first = await config.authorization?.({ fresh: false });
  expect(await config.authorization?.({ fresh: false })).toBe(first);
  expect(await config.authorization?.({ fresh: true })).not.toBe(first);
});

test.each([
  [
    'says why it failed',
    'echo "log in first" >&2; exit 1',
    /credential plugin .*\/plugin failed: log in first/,
  ],
  ['fails without a word', 'exit 1', /credential plugin .*\/plugin failed: it did not say why/],
  ['gives no credential', 'echo junk', /credential plugin .*\/plugin failed: .*JSON/s],
])('a credential plugin that %s is named', async (_, script, message) => {
  await expect(loadKubeConfig({ file: await withPlugin(script) })).rejects.toThrow(message);
});

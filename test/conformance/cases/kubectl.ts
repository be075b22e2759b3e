import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

const run = promisify(execFile);

export function answersKubectl(target: () => Target): void {
  describe.skipIf(!hasKubectl())('answering kubectl', () => {
    // kubectl keeps what it discovers in its home; every server here has the same address over time.
    const home = mkdtemp(join(tmpdir(), 'muster-kubectl-'));
    afterAll(async () => rm(await home, { recursive: true, force: true }));

    const kubectl = async (...args: string[]): Promise<string> => {
      const { stdout } = await run('kubectl', args, {
        env: {
          ...process.env,
          HOME: await home,
          KUBECONFIG: target().server.kubeconfig,
          KUBE_EDITOR: 'sed -i s/before/after/',
        },
      });
      return stdout;
    };

    it('gets tables and single objects', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await api.send('POST', configMapsOf(own), configMap(own, 'one', { a: '1', b: '2' }));
      const table = await kubectl('get', 'configmaps', '-n', own);
      expect(table).toMatch(/^NAME\s+DATA\s+AGE\n/);
      expect(table).toMatch(/^one\s+2\s+\d+s$/m);
      expect(JSON.parse(await kubectl('get', 'cm/one', '-n', own, '-o', 'json'))).toMatchObject({
        data: { a: '1', b: '2' },
      });
      expect(await kubectl('get', 'namespaces', own, '-o', 'name')).toBe(`namespace/${own}\n`);
    });

    it('edits', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await api.send('POST', configMapsOf(own), configMap(own, 'one', { a: 'before' }));
      expect(await kubectl('edit', 'configmap', 'one', '-n', own)).toContain('configmap/one edited');
      expect((await api.get(`${configMapsOf(own)}/one`)).body.data).toEqual({ a: 'after' });
    });

    it('applies server-side and deletes', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const file = join(await home, 'one.json');
      await writeFile(file, JSON.stringify(configMap(own, 'one', { a: '1' })));
      expect(await kubectl('apply', '--server-side', '-f', file)).toContain(
        'configmap/one serverside-applied',
      );
      expect((await api.get(`${configMapsOf(own)}/one`)).body.metadata.managedFields).toMatchObject([
        { manager: 'kubectl', operation: 'Apply' },
      ]);
      expect(await kubectl('delete', 'configmap', 'one', '-n', own)).toContain('"one" deleted');
      expect((await api.get(`${configMapsOf(own)}/one`)).status).toBe(404);
    });

    it('labels, annotates and patches', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await api.send('POST', configMapsOf(own), configMap(own, 'one', { a: '1' }));
      await kubectl('label', 'configmap', 'one', '-n', own, 'tier=web');
      await kubectl('annotate', 'configmap', 'one', '-n', own, 'note=x');
      await kubectl('patch', 'configmap', 'one', '-n', own, '--type=merge', '-p', '{"data":{"a":"2"}}');
      expect((await api.get(`${configMapsOf(own)}/one`)).body).toMatchObject({
        data: { a: '2' },
        metadata: { labels: { tier: 'web' }, annotations: { note: 'x' } },
      });
    });
  });
}

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

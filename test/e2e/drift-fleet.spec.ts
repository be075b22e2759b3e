import type { Drift } from '@muster/api';
import { createKubeClient } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { runProgram, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps } from './agent-traces.ts';
import { configMap, startFleet, type TestFleet } from './fleet-fixture.ts';

function bundleFile(name: string, spec: string): string {
  return `apiVersion: muster.dev/v1alpha1
kind: Bundle
metadata: {name: ${name}}
spec:
  namespace: ${name}
  source: {manifests: {path: ./manifests}}
  targets: [{clusterSelector: {}}]
${spec}`;
}

/** From the fleet repo's fields to what a person sees of drift. */
describe('drift as people see it', () => {
  let fleet: TestFleet;
  let somebody: KubeClient;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: { env: 'production' } }],
      files: {
        'watched/muster.yaml': bundleFile('watched', '  sync: {drift: Notify}\n'),
        'watched/manifests/a.yaml': configMap('a', { greeting: 'hello', other: 'x' }),
        'watched/manifests/b.yaml': configMap('b', { greeting: 'hello' }),
        'watched/manifests/secret.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: {name: password}\nstringData: {password: open-sesame}\n',
        'kept/muster.yaml': bundleFile('kept', '  sync: {prune: false}\n'),
        'kept/manifests/a.yaml': configMap('a', { greeting: 'hello' }),
        'kept/manifests/b.yaml': configMap('b', { greeting: 'hello' }),
        'tolerant/muster.yaml': bundleFile(
          'tolerant',
          '  ignoreDifferences: [{target: {kind: Config.*}, fields: [/data/greeting]}]\n',
        ),
        'tolerant/manifests/a.yaml': configMap('a', { greeting: 'hello', other: 'x' }),
      },
    });
    await fleet.settled();
    somebody = createKubeClient(fleet.member('solo').cluster.config, { fieldManager: 'kubectl-edit' });
  }, 120_000);

  afterAll(async () => {
    await somebody?.close();
    await fleet?.stop();
  });

  const muster = async (...args: string[]) => runProgram('cli', args, { env: await fleet.hub.env() });
  const drift = async (): Promise<Drift[]> =>
    (JSON.parse((await muster('get', 'drift', '-o', 'json')).stdout) as { items: Drift[] }).items;
  const untilDrift = (isIt: (items: readonly Drift[]) => boolean) => until('the drift', drift, isIt);

  it('is nothing at first', async () => {
    expect(await muster('get', 'drift')).toMatchObject({ code: 0, stderr: 'No drift found.\n' });
  });

  it('is listed with what is desired, what is live, and who made it so', async () => {
    await somebody.mergePatch(configMaps, { namespace: 'watched', name: 'a' }, { data: { greeting: 'bye' } });
    await somebody.delete(configMaps, { namespace: 'watched', name: 'b' });
    await untilDrift((items) => items.length === 2);
    const { stdout } = await muster('get', 'drift', '--cluster', 'solo', '-l', 'env=production');
    expect(stdout.replace(/ +/g, ' ')).toBe(`CLUSTER BUNDLE OBJECT FIELD DESIRED LIVE MANAGER REASON
solo watched ConfigMap/watched/a /data/greeting "hello" "bye" kubectl-edit Drifted
solo watched ConfigMap/watched/b <none> <none> <none> <none> Drifted
`);
  });

  it('shows nothing of a Secret, anywhere', async () => {
    const key = { namespace: 'watched', name: 'password' };
    const resource = (await somebody.resourceFor('', 'v1', 'Secret'))!;
    await somebody.mergePatch(resource, key, { stringData: { password: 'stolen-now' } });
    const found = await untilDrift((items) => items.some(({ kind }) => kind === 'Secret'));
    expect(found.find(({ kind }) => kind === 'Secret')).toMatchObject({
      field: '/data/password',
      desired: '',
      live: '',
      manager: 'kubectl-edit',
    });
    const everywhere = [
      await muster('get', 'drift', '-o', 'yaml'),
      await muster('get', 'assignments', '-o', 'json'),
      await muster('describe', 'bundle', 'watched'),
    ].map(({ stdout }) => stdout);
    const agentLog = await fleet.member('solo').agent.program().log();
    for (const value of ['stolen-now', 'open-sesame'].flatMap((it) => [
      it,
      Buffer.from(it).toString('base64'),
    ]))
      expect([...everywhere, agentLog].join('\n')).not.toContain(value);
  });

  it('is described with its bundle', async () => {
    const { stdout } = await muster('describe', 'bundle', 'watched');
    expect(stdout).toContain('ConfigMap watched/a: OutOfSync');
    expect(stdout).toContain('    /data/greeting: "hello", is "bye" (kubectl-edit)\n');
  });

  it('is also what left a bundle that deletes nothing', async () => {
    await fleet.commit({ 'kept/manifests/b.yaml': null });
    const found = await untilDrift((items) => items.some(({ reason }) => reason === 'Orphaned'));
    expect(found.filter(({ reason }) => reason === 'Orphaned')).toMatchObject([
      { cluster: 'solo', bundle: 'kept', kind: 'ConfigMap', namespace: 'kept', name: 'b', field: '' },
    ]);
    expect(await fleet.member('solo').get('ConfigMap', 'kept', 'b')).toBeDefined();
  });

  it('is not what a bundle ignores', async () => {
    const key = { namespace: 'tolerant', name: 'a' };
    await somebody.mergePatch(configMaps, key, { data: { greeting: 'bye', other: 'y' } });
    await until(
      'the correction of the other field',
      () => somebody.get(configMaps, key),
      (object) => (object['data'] as { other: string }).other === 'x',
    );
    expect((await somebody.get(configMaps, key))['data']).toEqual({ greeting: 'bye', other: 'x' });
    expect((await drift()).filter(({ bundle }) => bundle === 'tolerant')).toEqual([]);
  });

  it('is gone once the bundle corrects it', async () => {
    await fleet.commit({ 'watched/muster.yaml': bundleFile('watched', '') });
    await untilDrift((items) => items.every(({ bundle }) => bundle !== 'watched'));
    expect(await fleet.member('solo').get('ConfigMap', 'watched', 'b')).toBeDefined();
  });
});

import { until, whyNoClusters } from '@muster/testing';
import type { Assignment } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, startFleet, type TestFleet } from './fleet-fixture.ts';

const why = await whyNoClusters([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
]);

/** Workloads whose pods are scheduled and run, as far as KWOK's nodes run anything. */
describe.skipIf(why !== undefined)('a fleet with workloads', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await startFleet({
      clusterOptions: { controllerManager: true, scheduler: true, kwok: true },
      clusters: [{ name: 'solo', labels: {} }],
      files: { 'README.md': 'nothing yet\n' },
    });
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('is Progressing until the pods of a Deployment are ready, and Healthy then', async () => {
    const seen = new Set<string>();
    await fleet.commit({
      'web/muster.yaml': bundleFile('web', { selector: '{}' }),
      'web/manifests/deployment.yaml': deployment(3),
    });
    const healthy = await until(
      'a healthy bundle',
      async () => {
        const it = await web();
        if (it !== undefined) seen.add(it.health);
        return it;
      },
      (it) => it?.sync === 'Synced' && it.health === 'Healthy',
      { timeoutMs: 45_000 },
    );
    expect(healthy?.objects).toEqual([]);
    // It takes two seconds until pods that are ready count as available.
    expect([...seen].slice(-2)).toEqual(['Progressing', 'Healthy']);
    expect(await readyReplicas()).toBe(3);
  });

  it('leaves the number of replicas to a person where the manifest does not say it, and corrects it where it does', async () => {
    const { kube } = fleet.member('solo');
    const deployments = (await kube.resourceFor('apps', 'v1', 'Deployment'))!;
    const key = { namespace: 'web', name: 'web' };
    await kube.mergePatch(deployments, key, { spec: { replicas: 1 } });
    await until('the correction', specReplicas, (it) => it === 3);
    await fleet.commit({ 'web/manifests/deployment.yaml': deployment(undefined) });
    await fleet.settled();
    await kube.mergePatch(deployments, key, { spec: { replicas: 2 } });
    await until('the scaled pods', readyReplicas, (it) => it === 2);
    await fleet.settled();
    expect(await specReplicas()).toBe(2);
  });

  it('takes the pods of a Deployment that left along', async () => {
    await fleet.commit(
      { 'web/muster.yaml': null, 'web/manifests/deployment.yaml': null },
      'Close\n\nMuster-Allow-Delete: web',
    );
    await until(
      'the end of the bundle',
      () => fleet.hub.api.assignments(),
      (it) => it.length === 0,
    );
    const { kube } = fleet.member('solo');
    const pods = (await kube.resourceFor('', 'v1', 'Pod'))!;
    await until(
      'the end of the pods',
      () => kube.list(pods, { namespace: 'web' }),
      (it) => it.items.length === 0,
    );
  });

  async function web(): Promise<Assignment | undefined> {
    return (await fleet.hub.api.assignments('bundle=web'))[0];
  }

  async function readyReplicas(): Promise<number | undefined> {
    const it = await fleet.member('solo').get('Deployment', 'web', 'web');
    return (it?.['status'] as { readyReplicas?: number } | undefined)?.readyReplicas;
  }

  async function specReplicas(): Promise<number | undefined> {
    const it = await fleet.member('solo').get('Deployment', 'web', 'web');
    return (it?.['spec'] as { replicas?: number } | undefined)?.replicas;
  }
});

function deployment(replicas: number | undefined): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
${replicas === undefined ? '' : `  replicas: ${replicas}\n`}  minReadySeconds: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: example.com/web:1}]
`;
}

import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { assignment, bundle, cluster, revision } from '../testing/samples.ts';

describe('muster describe', () => {
  test('cluster tells where each label is from, and what runs there', async () => {
    await using hub = await startFakeHub(({ path }) =>
      path.startsWith('clusters') ? { json: { items: [cluster] } } : { json: { items: [assignment] } },
    );
    expect((await runCli(['describe', 'cluster', 'eu-1'], hub)).stdout).toBe(`Name:        eu-1
Uid:         1b6f
Enrolled:    2026-11-20T12:00:00.000Z
Connected:   yes
Kubernetes:  v1.36.3
Agent:       0.1.0
Sync:        Synced
Health:      Healthy
Generation:  7 applied of 7
Defined:     clusters.muster.yaml:3:1
Labels:      env=production (Git)
             region=eu (Token)

CLUSTER   BUNDLE     REVISION   SYNC     HEALTH    REASON    OBSERVED
eu-1      checkout   1a2b3c4d   Synced   Healthy   Applied   30s
`);
  });

  test('bundle lists each object that is not as it should be', async () => {
    const object = {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'checkout',
      name: 'web',
      sync: 'OutOfSync' as const,
      health: 'Degraded' as const,
      reason: 'Refused',
      message: 'spec.replicas: must not be negative',
      differences: [
        { path: '/spec/replicas', desired: '2', live: '5', manager: 'hpa' },
        { path: '/data/password', desired: '', live: '', manager: '' },
      ],
    };
    await using hub = await startFakeHub(({ path }) =>
      path.startsWith('bundles')
        ? { json: { items: [bundle] } }
        : { json: { items: [{ ...assignment, objects: [object] }] } },
    );
    const { stdout } = await runCli(['describe', 'bundle', 'checkout'], hub);
    expect(stdout).toContain(
      '  checkout on eu-1: Deployment checkout/web: OutOfSync, Degraded: spec.replicas: must not be negative\n' +
        '    /spec/replicas: 2, is 5 (hpa)\n    /data/password\n',
    );
  });

  test('revision names the bundles that do not render at it, and why', async () => {
    const failures = [{ bundle: 'search', message: 'search/web.yaml:3: a tab is used to indent' }];
    await using hub = await startFakeHub(() => ({
      json: { items: [{ ...revision, bundles: { total: 9, failing: 2 }, failures }] },
    }));
    expect((await runCli(['describe', 'revision', '1a2b'], hub)).stdout)
      .toBe(`Commit:       ${revision.sha} (newest)
State:        Good
Author:       Ann
Committed:    2026-11-21T11:58:00.000Z (2m ago)
Resolved in:  42 ms
Bundles:      9, 2 failing
Message:      Raise the replicas
              
              Because of the sale.
Failing:      search: search/web.yaml:3: a tab is used to indent
              and 1 more bundle
`);
  });

  test('of a name that is not there is 1', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [] } }));
    expect(await runCli(['describe', 'bundle', 'x'], hub)).toMatchObject({
      exitCode: 1,
      stderr: 'muster: there is no bundle "x"\n',
    });
  });
});

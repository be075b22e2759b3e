import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { assignment, bundle, cluster, failingBundle, revision, silentCluster } from '../testing/samples.ts';

describe('muster get', () => {
  test('clusters shows how they are, in plain columns', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [cluster, silentCluster] } }));
    expect(await runCli(['get', 'clusters'], hub)).toEqual({
      exitCode: 0,
      stdout: `NAME   CONNECTED   SYNC      HEALTH    BUNDLES   SEEN
eu-1   Yes         Synced    Healthy   3 of 3    5s
us-1   No          Unknown   Unknown   0 of 2    10m
`,
      stderr: '',
    });
  });

  test('-o wide adds what is not always wanted', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [cluster] } }));
    const { stdout } = await runCli(['get', 'clusters', '-o', 'wide'], hub);
    expect(stdout)
      .toBe(`NAME   CONNECTED   SYNC     HEALTH    BUNDLES   SEEN   KUBERNETES   AGENT   GENERATION   LABELS
eu-1   Yes         Synced   Healthy   3 of 3    5s     v1.36.3      0.1.0   7/7          env=production,region=eu
`);
  });

  test('bundles names the first problem of one that fails, with its place', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [bundle, failingBundle] } }));
    const { stdout } = await runCli(['get', 'bundles'], hub);
    expect(stdout).toBe(`NAME       STATE     REVISION   SYNCED   HEALTHY   PROBLEM
checkout   Good      1a2b3c4d   3 of 3   2 of 3
search     Failing   1a2b3c4d   3 of 3   2 of 3    apps/search/deployment.yaml:12:3 A tab is used to indent. (and 1 more)
`);
  });

  test('revisions marks the newest', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [revision] } }));
    const { stdout } = await runCli(['get', 'revisions'], hub);
    expect(stdout).toBe(`REVISION    STATE   AGE   AUTHOR   MESSAGE
1a2b3c4d*   Good    2m    Ann      Raise the replicas
`);
  });

  test('assignments of a silent cluster are Unknown, with what was known last', async () => {
    const lastKnown = {
      sync: 'Synced' as const,
      health: 'Degraded' as const,
      manifestDigest: assignment.manifestDigest,
      observedAt: '2026-11-21T11:00:00.000Z',
    };
    await using hub = await startFakeHub(() => ({
      json: { items: [{ ...assignment, sync: 'Unknown', health: 'Unknown', reason: '', lastKnown }] },
    }));
    const { stdout } = await runCli(['get', 'assignments'], hub);
    expect(stdout)
      .toBe(`CLUSTER   BUNDLE     REVISION   SYNC                   HEALTH                   OBSERVED
eu-1      checkout   1a2b3c4d   Unknown (was Synced)   Unknown (was Degraded)   30s
`);
  });

  test('leaves filtering, sorting and paging to the hub, and reads all pages', async () => {
    await using hub = await startFakeHub(({ path }) =>
      path.includes('page=p2')
        ? { json: { items: [silentCluster] } }
        : { json: { items: [cluster], nextPage: 'p2' } },
    );
    const result = await runCli(
      ['get', 'clusters', '-l', 'env in (a,b)', '--sort-by=-name', '--sync', 'Unknown', '-o', 'name'],
      hub,
    );
    expect(result.stdout).toBe('cluster/eu-1\ncluster/us-1\n');
    expect(hub.requests.map(({ path }) => decodeURIComponent(path))).toEqual([
      'clusters?labelSelector=env+in+(a,b)&sort=-name&sync=Unknown&limit=500',
      'clusters?labelSelector=env+in+(a,b)&sort=-name&sync=Unknown&limit=500&page=p2',
    ]);
  });

  test('--limit asks for no more', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [cluster], nextPage: 'p2' } }));
    await runCli(['get', 'clusters', '--limit', '1'], hub);
    expect(hub.requests.map(({ path }) => path)).toEqual(['clusters?limit=1']);
  });

  test('-o json is the list as the hub gives it, and one by name is the thing itself', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [{ ...cluster, addedByANewerHub: 1 }] } }));
    const list = await runCli(['get', 'clusters', '-o', 'json'], hub);
    expect(JSON.parse(list.stdout)).toEqual({ items: [{ ...cluster, addedByANewerHub: 1 }] });
    const one = await runCli(['get', 'cluster', 'eu-1', '-o', 'json'], hub);
    expect(JSON.parse(one.stdout)).toEqual({ ...cluster, addedByANewerHub: 1 });
    expect(hub.requests[1]!.path).toBe('clusters?name=eu-1&limit=500');
  });

  test('drift shows each field with what it should be, what it is, and who made it so', async () => {
    const web = {
      ...{ cluster: 'eu-1', bundle: 'checkout', group: 'apps', version: 'v1', kind: 'Deployment' },
      ...{ namespace: 'checkout', name: 'web', field: '/spec/replicas', desired: '2', live: '5' },
      ...{ manager: 'kubectl-edit', reason: 'Drifted', message: 'it differs' },
    };
    const password = {
      ...web,
      group: '',
      kind: 'Secret',
      name: 'password',
      field: '/data/a',
      desired: '',
      live: '',
    };
    const gone = {
      ...web,
      name: 'api',
      field: '',
      desired: '',
      live: '',
      manager: '',
      message: 'somebody deleted it',
    };
    await using hub = await startFakeHub(() => ({
      json: { items: [web, { ...web, name: 'db', live: '' }, password, gone] },
    }));
    const flags = ['--cluster', 'eu-1', '--manager', 'kubectl-edit', '--field', '/spec', '-l', 'env=prod'];
    const { stdout } = await runCli(['get', 'drift', ...flags], hub);
    expect(stdout).toBe(
      `CLUSTER   BUNDLE     OBJECT                     FIELD            DESIRED    LIVE       MANAGER        REASON
eu-1      checkout   Deployment/checkout/web    /spec/replicas   2          5          kubectl-edit   Drifted
eu-1      checkout   Deployment/checkout/db     /spec/replicas   2          <none>     kubectl-edit   Drifted
eu-1      checkout   Secret/checkout/password   /data/a          <masked>   <masked>   kubectl-edit   Drifted
eu-1      checkout   Deployment/checkout/api    <none>           <none>     <none>     <none>         Drifted
`,
    );
    expect(decodeURIComponent(hub.requests[0]!.path)).toBe(
      'drift?labelSelector=env=prod&cluster=eu-1&manager=kubectl-edit&field=/spec&limit=500',
    );
    const named = await runCli(['get', 'drift', '-o', 'name'], hub);
    expect(named.stdout.split('\n').slice(0, 1)).toEqual([
      'drift/eu-1/checkout/apps/Deployment/checkout/web#/spec/replicas',
    ]);
  });

  test('of a name that is not there is 1', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [] } }));
    expect(await runCli(['get', 'cluster', 'nowhere'], hub)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'muster: there is no cluster "nowhere"\n',
    });
  });

  test('of nothing says so beside the output', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [] } }));
    expect(await runCli(['get', 'bundles'], hub)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No bundles found.\n',
    });
  });

  test('keeps control characters of others from the terminal', async () => {
    await using hub = await startFakeHub(() => ({
      json: { items: [{ ...revision, author: 'Eve\u001b[2J\nX' }] },
    }));
    const { stdout } = await runCli(['get', 'revisions'], hub);
    expect(stdout).toContain('Eve [2J X');
  });

  test('is coloured on a terminal, unless NO_COLOR is set', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [cluster] } }));
    const env = { MUSTER_URL: hub.url, MUSTER_TOKEN: 'secret' };
    const coloured = await runCli(['get', 'clusters'], { env, stdoutIsTty: true });
    const plain = await runCli(['get', 'clusters'], { env: { ...env, NO_COLOR: '1' }, stdoutIsTty: true });
    expect(coloured.stdout).toContain('\u001b[32mSynced\u001b[39m');
    expect(plain.stdout).not.toContain('\u001b');
  });

  test('-w prints the list, and then what changes', async () => {
    let now = cluster;
    const interrupt = new AbortController();
    await using hub = await startFakeHub(() => ({ json: { items: [now, silentCluster] } }));
    let seen = '';
    const running = runCli(['get', 'clusters', '-w'], {
      env: { MUSTER_URL: hub.url, MUSTER_TOKEN: 'secret' },
      signal: interrupt.signal,
      stdout: (text) => {
        seen += text;
        if (text.startsWith('us-1')) {
          now = { ...cluster, sync: 'OutOfSync' };
          // The stream opens beside the first look, so a notice may come before it.
          const ring = setInterval(() => hub.notify('clusters'), 10);
          interrupt.signal.addEventListener('abort', () => clearInterval(ring));
        }
        if (text.includes('OutOfSync')) interrupt.abort();
      },
    });
    expect((await running).exitCode).toBe(0);
    expect(seen.split('\n').map((line) => line.split(/ +/).slice(0, 3).join(' '))).toEqual([
      'NAME CONNECTED SYNC',
      'eu-1 Yes Synced',
      'us-1 No Unknown',
      'eu-1 Yes OutOfSync',
      '',
    ]);
  });
});

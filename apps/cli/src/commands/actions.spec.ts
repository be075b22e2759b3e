import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { cluster } from '../testing/samples.ts';

const pauseOf = (scope: string, name: string) => ({
  scope,
  name,
  reason: '',
  by: 'admin',
  since: '2026-11-21T11:00:00.000Z',
});

describe('muster', () => {
  test.each([
    [['pause', '--all', '--reason', 'incident'], { all: true, reason: 'incident' }],
    [['pause', 'checkout'], { bundle: 'checkout', reason: '' }],
    [['pause', '--cluster', 'a', '--cluster', 'b'], { clusters: ['a', 'b'], reason: '' }],
    [['pause', '-l', 'env=dev'], { labelSelector: 'env=dev', reason: '' }],
  ])('%j asks for that pause, without asking back', async (args, body) => {
    await using hub = await startFakeHub(() => ({ json: { items: [pauseOf('All', '')] } }));
    const result = await runCli(args, hub);
    expect(hub.requests).toEqual([{ method: 'POST', path: 'pauses', body }]);
    expect(result).toEqual({ exitCode: 0, stdout: 'paused the whole fleet\n', stderr: '' });
  });

  test.each([
    [['resume', '--all'], 'pauses?all=true'],
    [['resume', 'checkout'], 'pauses?bundle=checkout'],
    [['resume', '--cluster', 'a', '--cluster', 'b'], 'pauses?cluster=a&cluster=b'],
  ])('%j lifts that pause', async (args, path) => {
    await using hub = await startFakeHub(() => ({ json: { items: [pauseOf('Cluster', 'a')] } }));
    const result = await runCli(args, hub);
    expect(hub.requests).toEqual([{ method: 'DELETE', path, body: undefined }]);
    expect(result.stdout).toBe('resumed cluster/a\n');
  });

  test('sync says whom it could ask', async () => {
    await using hub = await startFakeHub(() => ({
      json: { revision: '1a2b3c4d5e', asked: ['a'], notConnected: ['b'] },
    }));
    expect(await runCli(['sync', 'checkout', '-l', 'env=dev'], hub)).toEqual({
      exitCode: 0,
      stdout: 'revision 1a2b3c4d; asked 1 cluster\n',
      stderr: 'Not connected, and so not asked: b\n',
    });
    expect(hub.requests[0]!.body).toEqual({ bundle: 'checkout', labelSelector: 'env=dev' });
  });

  test('sync is 1 where the repo could not be looked at', async () => {
    await using hub = await startFakeHub(() => ({
      json: { revision: '1a2b3c4d5e', asked: ['a'], notConnected: [], repoError: 'connection refused' },
    }));
    expect(await runCli(['sync'], hub)).toEqual({
      exitCode: 1,
      stdout: 'revision 1a2b3c4d; asked 1 cluster\n',
      stderr: 'muster: the repo could not be looked at: connection refused\n',
    });
  });

  test('cluster token prints the token alone, for scripts', async () => {
    await using hub = await startFakeHub(() => ({
      json: {
        id: 'x',
        name: 'eu-1',
        token: 'muster-join-x.y.z',
        enrolmentAddress: 'h:8444',
        expiresAt: 'soon',
      },
    }));
    const result = await runCli(['cluster', 'token', 'eu-1', '--label', 'env=dev', '--expires', '2h'], hub);
    expect(result).toEqual({ exitCode: 0, stdout: 'muster-join-x.y.z\n', stderr: '' });
    expect(hub.requests[0]!.body).toEqual({
      name: 'eu-1',
      labels: { env: 'dev' },
      expiresInSeconds: 7200,
      maxUses: 1,
    });
  });

  test('cluster label sets and removes, as kubectl does', async () => {
    await using hub = await startFakeHub(() => ({ json: {} }));
    await runCli(['cluster', 'label', 'eu-1', 'tier=gold', 'old-'], hub);
    expect(hub.requests).toEqual([
      { method: 'POST', path: 'clusters/eu-1/labels', body: { set: { tier: 'gold' }, remove: ['old'] } },
    ]);
  });

  test('cluster rm asks on a terminal, and does nothing without a yes', async () => {
    await using hub = await startFakeHub(() => ({ json: undefined }));
    const env = { MUSTER_URL: hub.url, MUSTER_TOKEN: 'secret' };
    const asked: string[] = [];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve('n');
    };
    const refused = await runCli(['cluster', 'rm', 'eu-1'], { env, stdinIsTty: true, ask });
    expect(refused).toMatchObject({ exitCode: 1, stderr: 'muster: nothing was done\n' });
    expect(asked).toEqual(['The agent of eu-1 will stop; the workloads stay as they are. Continue? [y/N] ']);
    expect(hub.requests).toEqual([]);
    const sure = await runCli(['cluster', 'rm', 'eu-1', '--yes'], { env, stdinIsTty: true, ask });
    expect(sure).toEqual({ exitCode: 0, stdout: 'cluster/eu-1 removed\n', stderr: '' });
  });

  test('cluster rm --delete-workloads asks, says what it would do, and waits until nothing remains', async () => {
    const leaving = { ...cluster, removal: { since: '2026-11-21T12:00:00.000Z', by: 'admin' } };
    const answers = [[leaving], []];
    await using hub = await startFakeHub(({ method, path }) => {
      if (method === 'DELETE') return { json: undefined };
      if (path.startsWith('clusters')) return { json: { items: answers.shift() ?? [] } };
      hub.notify('clusters');
      return { json: { items: [{ bundle: 'shop', message: '2 objects are being deleted' }] } };
    });
    const env = { MUSTER_URL: hub.url, MUSTER_TOKEN: 'secret' };
    const args = ['cluster', 'rm', 'eu-1', '--delete-workloads'];
    const unsure = await runCli(args, { env });
    expect(unsure).toMatchObject({ exitCode: 2 });
    expect(unsure.stderr).toContain('everything that the fleet runs on eu-1 would be deleted');
    const asked: string[] = [];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve('n');
    };
    expect(await runCli(args, { env, stdinIsTty: true, ask })).toMatchObject({ exitCode: 1 });
    expect(asked).toEqual([
      'Everything that the fleet runs on eu-1 will be deleted, namespaces and volumes included; then its agent stops. Continue? [y/N] ',
    ]);
    expect(hub.requests).toEqual([]);
    expect(await runCli([...args, '--yes', '--timeout', '20s'], { env })).toEqual({
      exitCode: 0,
      stdout: 'cluster/eu-1 removed; nothing of its workloads remains\n',
      stderr: '',
    });
    expect(hub.requests[0]).toMatchObject({ method: 'DELETE', path: 'clusters/eu-1?workloads=delete' });
  });

  test('cluster rm takes one of its two options', async () => {
    await using hub = await startFakeHub(() => ({ json: undefined }));
    expect(
      await runCli(['cluster', 'rm', 'eu-1', '--keep-workloads', '--delete-workloads', '--yes'], hub),
    ).toMatchObject({
      exitCode: 2,
      stderr: 'muster: give --keep-workloads or --delete-workloads, not both\n',
    });
    await runCli(['cluster', 'rm', 'eu-1', '--keep-workloads'], hub);
    expect(hub.requests).toMatchObject([{ method: 'DELETE', path: 'clusters/eu-1' }]);
  });

  test('allow-delete is 1 where nothing waits for consent', async () => {
    await using hub = await startFakeHub(() => ({ json: { bundle: 'checkout', clusters: [] } }));
    expect(await runCli(['allow-delete', 'checkout'], hub)).toMatchObject({
      exitCode: 1,
      stderr: 'muster: no deletion of checkout waits for consent there\n',
    });
  });

  test('recover says the new epoch', async () => {
    await using hub = await startFakeHub(() => ({ json: { epoch: 2 } }));
    expect((await runCli(['recover', '--reason', 'restored'], hub)).stdout).toBe(
      'recovered; the epoch is now 2\n',
    );
  });

  test('version tells both, and that no hub answers is no error', async () => {
    await using hub = await startFakeHub(() => ({ json: { version: '0.1.0', fleet: 'x' } }));
    expect((await runCli(['version'], hub)).stdout).toBe(`muster 0.1.0\nhub    0.1.0 at ${hub.url}\n`);
    expect(await runCli(['version'])).toMatchObject({
      exitCode: 0,
      stdout: 'muster 0.1.0\nhub    <none answers>\n',
    });
  });
});

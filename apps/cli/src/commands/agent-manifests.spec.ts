import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';

describe('muster agent manifests', () => {
  test('has the hub make a token, and tells the agent where to enrol', async () => {
    await using hub = await startFakeHub(() => ({
      json: { token: 'muster-join-x.y.z', enrolmentAddress: 'hub:8444' },
    }));
    const { exitCode, stdout } = await runCli(
      ['agent', 'manifests', '--image', 'muster:1', '--name', 'eu-1', '--label', 'env=dev'],
      hub,
    );
    expect(exitCode).toBe(0);
    expect(hub.requests).toEqual([
      {
        method: 'POST',
        path: 'join-tokens',
        body: { name: 'eu-1', labels: { env: 'dev' }, expiresInSeconds: 3600 },
      },
    ]);
    expect(stdout).toContain('kind: Deployment');
    expect(stdout).toContain('image: muster:1');
    expect(stdout).toContain('value: hub:8444');
    expect(stdout).toContain('token: muster-join-x.y.z');
  });

  test('needs no hub when it is given a token', async () => {
    const { exitCode, stdout } = await runCli([
      'agent',
      'manifests',
      '--image',
      'muster:1',
      '--join-token',
      'muster-join-a.b.c',
      '--hub',
      'hub:8444',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('token: muster-join-a.b.c');
  });

  test('says that an agent with a token must be told of its hub', async () => {
    const result = await runCli([
      'agent',
      'manifests',
      '--image',
      'muster:1',
      '--join-token',
      'muster-join-a.b.c',
    ]);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Give --hub HOST:PORT') as string,
    });
  });

  test('gives the agent only the rights that are named, and tells it where they are', async () => {
    const { exitCode, stdout } = await runCli([
      ...[
        'agent',
        'manifests',
        '--image',
        'muster:1',
        '--join-token',
        'muster-join-a.b.c',
        '--hub',
        'hub:8444',
      ],
      ...['--namespaces', 'shop,pay', '--kinds', 'Deployment', '--impersonate', 'shop/deployer'],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('cluster-admin');
    expect(stdout).toMatch(/name: MUSTER_NAMESPACES\n +value: shop,pay/);
  });

  test('makes no token for an agent whose rights cannot be meant', async () => {
    await using hub = await startFakeHub(() => ({ json: {} }));
    const result = await runCli(
      ['agent', 'manifests', '--image', 'muster:1', '--namespaces', 'Shop', '--kinds', 'nodes'],
      hub,
    );
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/"Shop" is no name(.|\n)*Node is in no namespace/) as string,
    });
    expect(hub.requests).toEqual([]);
  });
});

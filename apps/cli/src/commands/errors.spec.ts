import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';

describe('when something is wrong, muster says what, where and what to do', () => {
  test('no hub is known', async () => {
    expect(await runCli(['get', 'clusters'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'muster: no hub is known\nStart one with `muster hub`, or name one with `muster login URL --token TOKEN`.\n',
    });
  });

  test('no hub answers', async () => {
    const hub = await startFakeHub(() => ({ json: {} }));
    await hub[Symbol.asyncDispose]();
    expect(await runCli(['status'], hub)).toMatchObject({
      exitCode: 2,
      stderr: `muster: no hub answers at ${hub.url} (from MUSTER_URL): connection refused
Start one with \`muster hub\`, or name another with \`muster login URL --token TOKEN\`.
`,
    });
  });

  test('the token is not taken', async () => {
    await using hub = await startFakeHub(() => ({ json: {} }));
    const result = await runCli(['status', '--token', 'wrong'], hub);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("doesn't take this token") as string,
    });
  });

  test.each([
    [400, 2],
    [403, 2],
    [404, 1],
    [409, 1],
    [500, 1],
  ])('the hub refuses with %i, which is %i', async (status, exitCode) => {
    await using hub = await startFakeHub(() => ({
      problem: status,
      detail: 'The label "env" comes from Git.',
    }));
    expect(await runCli(['cluster', 'label', 'eu-1', 'env=dev'], hub)).toEqual({
      exitCode,
      stdout: '',
      stderr: 'muster: The label "env" comes from Git.\n',
    });
  });

  test.each([
    [['gett'], "error: unknown command 'gett'"],
    [['get', 'pods'], "'pods' is invalid"],
    [['get', 'clusters', '-o', 'xml'], "'xml' is invalid"],
    [['get', 'clusters', '--limit', '0'], '--limit must be a whole number from 1'],
    [['pause'], 'it must be said what to pause or resume'],
    [['pause', 'checkout', '--all'], 'it must be said what to pause or resume, in one way'],
    [['wait', '--for', 'luck'], '"luck" is nothing to wait for'],
    [['cluster', 'label', 'eu-1', 'env'], '"env" is no change of a label'],
    [
      ['agent', 'manifests', '--image', 'a', '--hub', 'hub', '--join-token', 'muster-join-a.b.c'],
      '--hub must be HOST:PORT, and is "hub"',
    ],
    [
      ['agent', 'manifests', '--image', 'a', '--hub', 'hub:1', '--join-token', 'secret'],
      '--join-token is no join token',
    ],
    [['cluster', 'token', '--expires', 'soon'], '--expires must be a duration, and is "soon"'],
  ])('%j is 2', async (args, message) => {
    await using hub = await startFakeHub(() => ({ json: { items: [] } }));
    const { exitCode, stderr } = await runCli(args, hub);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(hub.requests).toEqual([]);
  });

  test('help is no error', async () => {
    const { exitCode, stdout } = await runCli(['get', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: muster get [options] <list> [name]');
    const ofManifests = await runCli(['agent', 'manifests', '--help']);
    expect(ofManifests.exitCode).toBe(0);
    expect(ofManifests.stdout).toContain('Usage: muster agent manifests [options]');
  });
});

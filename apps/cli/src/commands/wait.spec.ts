import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { assignment, failingBundle, revision } from '../testing/samples.ts';

const none = { json: { items: [] } };

describe('muster wait', () => {
  test('for synced is met once no assignment is otherwise', async () => {
    let outOfSync = true;
    await using hub = await startFakeHub(({ path }) => {
      if (!path.includes('sync=')) return { json: { items: [assignment] } };
      if (!outOfSync) return none;
      outOfSync = false;
      return { json: { items: [{ ...assignment, sync: 'OutOfSync' }] } };
    });
    expect(await runCli(['wait', '--for', 'synced', '--bundle', 'checkout'], hub)).toEqual({
      exitCode: 0,
      stdout: 'synced: condition met\n',
      stderr: '',
    });
    expect(decodeURIComponent(hub.requests[0]!.path)).toBe(
      'assignments?bundle=checkout&sync=OutOfSync,Unknown&limit=100',
    );
  });

  test('is not met by a name that nothing has', async () => {
    await using hub = await startFakeHub(() => none);
    expect(
      await runCli(['wait', '--for', 'healthy', '--bundle', 'chekcout', '--timeout', '50ms'], hub),
    ).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nothing is assigned to bundle chekcout') as string,
    });
  });

  test('is not met by a hub that has no good revision yet', async () => {
    await using hub = await startFakeHub(({ path }) =>
      path === 'status' ? { json: { goodRevision: null } } : none,
    );
    expect(await runCli(['wait', '--for', 'synced', '--timeout', '50ms'], hub)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no good revision yet') as string,
    });
  });

  test('says at its timeout what was missing', async () => {
    await using hub = await startFakeHub(() => ({
      json: { items: [{ ...assignment, sync: 'OutOfSync', message: 'ConfigMap a is refused' }] },
    }));
    expect(await runCli(['wait', '--for', 'synced', '--timeout', '50ms'], hub)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `muster: not within 50ms: 1 assignment not Synced, such as checkout on eu-1: ConfigMap a is refused
\`muster status\` shows what is wrong; --timeout gives it longer.
`,
    });
  });

  test('for a revision that is refused ends at once, with the problems', async () => {
    const problem = { file: 'muster.yaml', line: 3, column: 1, field: '', message: 'This is not YAML.' };
    await using hub = await startFakeHub(() => ({
      json: { items: [{ ...revision, state: 'Refused', problems: [problem] }] },
    }));
    expect(await runCli(['wait', '--for', 'revision=1a2b3c4d'], hub)).toMatchObject({
      exitCode: 1,
      stderr: 'muster: revision 1a2b3c4d is refused\n  muster.yaml:3:1 This is not YAML.\n',
    });
  });

  test('for a revision at which a bundle fails ends at once', async () => {
    await using hub = await startFakeHub(({ path }) =>
      path.startsWith('revisions') ? { json: { items: [revision] } } : { json: { items: [failingBundle] } },
    );
    expect(await runCli(['wait', '--for', 'revision=1a2b3c4d'], hub)).toMatchObject({
      exitCode: 1,
      stderr: `muster: 1 bundle can't go to revision 1a2b3c4d
  search: apps/search/deployment.yaml:12:3 A tab is used to indent.
`,
    });
  });

  test('for a revision and health waits for both', async () => {
    await using hub = await startFakeHub(({ path }) =>
      path.startsWith('revisions') ? { json: { items: [revision] } } : none,
    );
    expect(await runCli(['wait', '--for', 'revision=1a2b3c4d', '--for', 'healthy'], hub)).toMatchObject({
      exitCode: 0,
    });
    expect(hub.requests.map(({ path }) => path.split('?')[0])).toEqual([
      'revisions',
      'bundles',
      'assignments',
      'assignments',
      'assignments',
    ]);
  });
});

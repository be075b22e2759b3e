import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { revision, status } from '../testing/samples.ts';

describe('muster status', () => {
  test('is the fleet at a glance', async () => {
    await using hub = await startFakeHub(() => ({ json: status }));
    expect((await runCli(['status'], hub)).stdout).toBe(`Repo:         /srv/fleet main, looked at 10s ago
Revision:     1a2b3c4d Raise the replicas (Ann, 2m ago)
Clusters:     1 of 2 connected; 1 Synced, 1 Unknown; 1 Healthy, 1 Unknown
Bundles:      2
Assignments:  5; 3 Synced, 2 Unknown; 3 Healthy, 2 Unknown
`);
  });

  test('says first what is wrong', async () => {
    const problem = {
      file: 'muster.yaml',
      line: 3,
      column: 1,
      field: 'kind',
      message: 'The kind "Bundel" is unknown.',
    };
    await using hub = await startFakeHub(() => ({
      json: {
        ...status,
        repo: { ...status.repo, error: 'connection refused' },
        newestRevision: { ...revision, sha: 'ffffffff00', state: 'Refused', problems: [problem] },
        pauses: [
          { scope: 'All', name: '', reason: 'incident', by: 'ann', since: '2026-11-21T11:00:00.000Z' },
        ],
        attention: [{ kind: 'Cluster', name: 'us-1', message: 'silent for 10 minutes' }],
      },
    }));
    const { stdout } = await runCli(['status'], hub);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      '4 things to look at:',
      '  Repo: connection refused',
      '  Revision ffffffff is refused: muster.yaml:3:1 kind: The kind "Bundel" is unknown.',
      '  Paused: the whole fleet, since 60m, by ann: incident',
      '  Cluster us-1: silent for 10 minutes',
      '',
    ]);
  });

  test('does not say that it names everything where it may not', async () => {
    const attention = Array.from({ length: 20 }, (_, i) => ({ kind: 'Cluster', name: `c${i}`, message: '' }));
    await using hub = await startFakeHub(() => ({ json: { ...status, attention } }));
    expect((await runCli(['status'], hub)).stdout).toMatch(/^At least 20 things to look at:\n/);
  });

  test('lets nothing that others wrote move the cursor', async () => {
    const goodRevision = { ...revision, message: 'Paint\u001b[31mred', author: 'Eve\u0007' };
    await using hub = await startFakeHub(() => ({ json: { ...status, goodRevision } }));
    const { stdout } = await runCli(['status'], hub);
    expect(stdout).toContain('Paint [31mred (Eve ,');
    expect(stdout).not.toMatch(/[\u001b\u0007]/);
  });

  test('-o json is what the hub says', async () => {
    await using hub = await startFakeHub(() => ({ json: status }));
    expect(JSON.parse((await runCli(['status', '-o', 'json'], hub)).stdout)).toEqual(status);
  });
});

import { describe, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

describe('muster schema', () => {
  test('prints the schema of fleet files, without a hub', async () => {
    const { exitCode, stdout } = await runCli(['schema']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'A fleet file of Muster', type: 'object' });
  });

  test('prints that of one kind, however it is written', async () => {
    const { stdout } = await runCli(['schema', 'clustergroup']);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'ClusterGroup' });
  });

  test('names the kinds that there are', async () => {
    expect(await runCli(['schema', 'Deployment'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'muster: "Deployment" is no kind of the fleet repo\nTry one of: Bundle, Cluster, ClusterGroup, Fleet.\n',
    });
  });
});

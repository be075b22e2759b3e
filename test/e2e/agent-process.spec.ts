import { startProgram } from '@muster/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseStart } from '../src/muster/program.ts';
import { AgentProcess, eventually } from './agent-process.ts';

/** What tests that run out of time may do to those after them. */
describe('a program that a test started', () => {
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-process-'));
    kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, nowhere);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is not started by its test when that is over', async () => {
    const agent = await AgentProcess.on(kubeconfig);
    await agent.stop();
    expect(() => agent.start()).toThrow('was stopped for good');
    const program = startProgram('cli', ['--version'], { logFile: join(folder, 'cli.log') });
    expect(() => refuseStart('the CLI', false, program)).toThrow('the CLI still runs');
    await program.kill();
    expect(() => refuseStart('the CLI', true, program)).toThrow('was stopped for good');
    expect(() => refuseStart('the CLI', false, program)).not.toThrow();
  });

  it('says what it logged when it does not end', async () => {
    const agent = await AgentProcess.on(kubeconfig);
    try {
      agent.start();
      await eventually(
        async () => agent.log,
        (log) => log.includes('cannot take the Lease'),
      );
      await expect(agent.ended(1)).rejects.toThrow(/did not end within 1 ms[^]*cannot take the Lease/);
      expect(() => agent.start()).toThrow('still runs');
    } finally {
      await agent.stop();
    }
  });
});

/** Nobody listens there. */
const nowhere = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'nowhere',
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
  clusters: [{ name: 'nowhere', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'nobody', user: {} }],
});

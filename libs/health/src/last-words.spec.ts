import { expect, it } from 'vitest';
import { healthOf } from './health-of.ts';

const failed = (terminated: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1' },
  spec: { restartPolicy: 'Never', containers: [{ name: 'web' }] },
  status: { phase: 'Failed', containerStatuses: [{ name: 'web', state: { terminated } }] },
});

it("a container's own last words are not told, because they are the end of its log", () => {
  const end = { exitCode: 3, reason: 'Error', message: 'cannot log in with hunter2' };
  expect(healthOf(failed(end))).toMatchObject({
    status: 'Degraded',
    message: 'container web: Error with exit code 3',
  });
});

it('what the kubelet says of a container that could not be started is', () => {
  const end = { exitCode: 128, reason: 'StartError', message: 'exec: "serve": not found in $PATH' };
  expect(healthOf(failed(end)).message).toBe('container web: exec: "serve": not found in $PATH');
});

import { describe, expect, it } from 'vitest';
import { comparePodProblems, podProblem } from './pod-problems.ts';

const container = (more: object) => ({ name: 'web', image: 'example.com/web:1', ...more });
const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason } });
const running = { running: { startedAt: '2026-11-21T12:00:00Z' } };
const pod = (status: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1' }, status });
const withContainer = (more: object) =>
  podProblem(pod({ phase: 'Running', containerStatuses: [container(more)] }));

describe('the problem of a Pod', () => {
  it('is an image that cannot be pulled, by its name', () => {
    expect(withContainer(waiting('ImagePullBackOff', 'Back-off pulling image "example.com/web:1"'))).toEqual({
      kind: 'image',
      text: 'container web cannot pull the image example.com/web:1: ImagePullBackOff: Back-off pulling image "example.com/web:1"',
    });
  });

  it('is a container that crashes again and again, with its exit code and whose log to read', () => {
    expect(withContainer({ ...waiting('CrashLoopBackOff'), lastState: ended(3) })).toEqual({
      kind: 'crash',
      text: 'container web ends again and again with exit code 3',
      log: { container: 'web', previous: false },
    });
    expect(withContainer({ ready: false, state: running, lastState: ended(137, 'OOMKilled') })).toEqual({
      kind: 'crash',
      text: 'container web ended with exit code 137 (OOMKilled)',
      log: { container: 'web', previous: true },
    });
  });

  it('stays the same sentence while a container that crashes waits, runs and ends', () => {
    const states = [
      { ...waiting('CrashLoopBackOff'), lastState: ended(1) },
      { ready: false, state: running, lastState: ended(1) },
      { state: ended(1), lastState: ended(1) },
    ];
    const told = states.map((state) => withContainer({ ...state, restartCount: 5 })?.text);
    expect(new Set(told)).toEqual(new Set(['container web ends again and again with exit code 1']));
  });

  it('is why no node takes it', () => {
    const scheduled = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/3 nodes are available: 3 Insufficient cpu.',
    };
    expect(podProblem(pod({ phase: 'Pending', conditions: [scheduled] }))).toEqual({
      kind: 'unschedulable',
      text: 'it cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu.',
    });
  });

  it('is an init container that fails, before the containers that wait for it', () => {
    const status = {
      phase: 'Pending',
      initContainerStatuses: [container({ name: 'migrate', state: ended(2) })],
      containerStatuses: [container(waiting('PodInitializing'))],
    };
    expect(podProblem(pod(status))).toEqual({
      kind: 'failed',
      text: 'init container migrate failed with exit code 2',
      log: { container: 'migrate', previous: false },
    });
  });

  it('is configuration that is missing', () => {
    expect(withContainer(waiting('CreateContainerConfigError', 'secret "db" not found'))?.text).toBe(
      'container web cannot start: CreateContainerConfigError: secret "db" not found',
    );
  });

  it('is an eviction, which only the Pod tells of', () => {
    expect(podProblem(pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }))).toEqual({
      kind: 'failed',
      text: 'it failed: low on memory',
    });
  });

  it('is nothing where it starts, is ready, is done, or is being deleted', () => {
    expect(withContainer(waiting('ContainerCreating'))).toBeUndefined();
    expect(withContainer({ ready: true, state: running, lastState: ended(1) })).toBeUndefined();
    expect(podProblem(pod({ phase: 'Succeeded' }))).toBeUndefined();
    const leaving = { metadata: { deletionTimestamp: '2026-11-21T12:00:00Z' } };
    expect(podProblem({ ...pod({ phase: 'Failed' }), ...leaving })).toBeUndefined();
    for (const shape of [{}, { status: [] }, { status: { containerStatuses: [null, 'x'] } }])
      expect(podProblem(shape)).toBeUndefined();
  });

  it('stays one short line, whatever the cluster says', () => {
    const found = withContainer(waiting('ErrImagePull', `\u001b[31mno\nsuch\u0007 ${'x'.repeat(9_000)}`));
    expect(found?.text).toMatch(/^[\x20-\x7e…]+$/);
    expect(found!.text.length).toBeLessThan(400);
  });

  it('goes before that of another where a person is needed', () => {
    const image = withContainer(waiting('ErrImagePull'))!;
    const slow = withContainer({ ready: false, state: running })!;
    expect(slow.kind).toBe('not-ready');
    expect([slow, image].sort(comparePodProblems)[0]).toBe(image);
  });
});

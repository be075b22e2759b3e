import type { ApplyStep, DeleteStep } from '@muster/apply-plan';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Runner } from './runner.ts';

const step = (id: string): DeleteStep => ({ kind: 'delete', id, bundle: 'b', uid: 'u', apiVersion: 'v1' });

const apply = (bundle: string, id: string): ApplyStep => ({
  kind: 'apply',
  id,
  object: { id, bundle, digest: 'd' },
  reason: 'create',
});

/** A runner whose steps end when they are told to. */
function runner(atOnce: number) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const drained: boolean[] = [];
  const done: { id: string; inFlight: boolean }[] = [];
  const subject = new Runner(
    (begin) => {
      begun.push(begin.id);
      return new Promise((resolve) => ends.set(begin.id, resolve));
    },
    ({ id }) => done.push({ id, inFlight: subject.isInFlight(id) }),
    atOnce,
    (leftOver) => drained.push(leftOver),
  );
  const end = async (id: string): Promise<void> => {
    ends.get(id)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { subject, begun, drained, done, end };
}

describe('the runner', () => {
  it('begins a phase when the one before has ended', async () => {
    const { subject, begun, end, drained } = runner(4);
    subject.replace([[step('a'), step('b')], [step('c')]]);
    expect(begun).toEqual(['a', 'b']);
    await end('a');
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('c');
    expect(drained).toEqual([false]);
  });

  it('lets no bundle wait for the phases of another, and lets them take turns', async () => {
    const { subject, begun, end } = runner(3);
    const of = (bundle: string, id: string) => ({ ...step(id), bundle });
    subject.replace([
      [of('a', 'a1'), of('a', 'a2'), of('b', 'b1')],
      [of('b', 'b2'), of('a', 'a3')],
    ]);
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    await end('b1');
    await end('a1');
    expect(begun).toEqual(['a1', 'b1', 'a2', 'b2']);
    await end('a2');
    expect(begun).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  it('brings Namespaces and CRDs before the objects of all bundles', async () => {
    const { subject, begun, end, drained } = runner(3);
    subject.replace([
      [apply('a', '/Namespace//n')],
      [apply('b', '/ConfigMap/n/x'), apply('a', '/ConfigMap/n/y')],
    ]);
    expect(begun).toEqual(['/Namespace//n']);
    await end('/Namespace//n');
    expect(begun).toEqual(['/Namespace//n', '/ConfigMap/n/x', '/ConfigMap/n/y']);
    await end('/ConfigMap/n/x');
    await end('/ConfigMap/n/y');
    expect(drained).toEqual([false]);
  });

  it('tells of the end of a step when its object has nothing in flight any more, so that no event is missed', async () => {
    const { subject, end, done } = runner(4);
    subject.replace([[step('a')]]);
    expect(done).toEqual([]);
    await end('a');
    expect(done).toEqual([{ id: 'a', inFlight: false }]);
  });

  it('has no more in flight than it may', async () => {
    const { subject, begun, end } = runner(2);
    subject.replace([[step('a'), step('b'), step('c')]]);
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('drops what has not begun when a newer plan comes, and never writes one object twice at a time', async () => {
    const { subject, begun, end, drained } = runner(1);
    subject.replace([[step('a'), step('b')]]);
    subject.replace([[step('a'), step('c')]]);
    await end('a');
    expect(begun).toEqual(['a', 'a']);
    await end('a');
    await end('c');
    expect(begun).toEqual(['a', 'a', 'c']);
    expect(drained).toEqual([false]);
  });

  it('says when a step gave way to one in flight', async () => {
    const { subject, end, drained } = runner(2);
    subject.replace([[step('a')]]);
    subject.replace([[step('a')]]);
    await end('a');
    expect(drained).toEqual([true]);
  });

  it('is drained at once by an empty plan', () => {
    const { subject, drained } = runner(2);
    subject.replace([]);
    expect(drained).toEqual([false]);
  });
});

describe('the runner, where writes of one kind hang', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const widgets = Array.from({ length: 20 }, (_, n) => step(`x/Widget/shop/${n}`));

  it('gives their places to others, and tries few of that kind until one of them ends', async () => {
    const { subject, begun, end } = runner(4);
    subject.replace([[...widgets, step('/ConfigMap/shop/a'), step('/ConfigMap/shop/b')]]);
    expect(begun).toHaveLength(4);
    vi.advanceTimersByTime(1_999);
    expect(begun).toHaveLength(4);
    vi.advanceTimersByTime(1);
    expect(begun.slice(4)).toEqual(['/ConfigMap/shop/a', '/ConfigMap/shop/b']);
    await end('x/Widget/shop/0');
    expect(begun.slice(6)).toEqual(['x/Widget/shop/4']);
  });

  it('does all of them once they do not hang any more', async () => {
    const { subject, begun, end, drained } = runner(4);
    subject.replace([widgets, [step('/ConfigMap/shop/later')]]);
    vi.advanceTimersByTime(2_000);
    for (let n = 0; n < begun.length; n++) await end(begun[n]!);
    expect(begun).toEqual([...widgets.map((it) => it.id), '/ConfigMap/shop/later']);
    expect(drained).toEqual([false]);
  });

  it('gives away no more places than there are connections for', () => {
    const { subject, begun } = runner(16);
    const kinds = Array.from({ length: 40 }, (_, n) => step(`x/Kind${n}/shop/a`));
    subject.replace([kinds]);
    vi.advanceTimersByTime(60_000);
    expect(begun).toHaveLength(28);
  });

  it('forgets those that waited when a newer plan comes', async () => {
    const { subject, begun, end } = runner(4);
    subject.replace([widgets]);
    vi.advanceTimersByTime(2_000);
    subject.replace([[step('/ConfigMap/shop/a')]]);
    await end('x/Widget/shop/0');
    expect(begun.slice(4)).toEqual(['/ConfigMap/shop/a']);
  });

  it('lets no bundle wait for a Namespace of another that hangs', () => {
    const { subject, begun } = runner(4);
    const namespace = apply('a', '/Namespace//hung');
    subject.replace([[namespace], [apply('a', '/ConfigMap/hung/x'), apply('b', '/ConfigMap/shop/y')]]);
    expect(begun).toEqual(['/Namespace//hung']);
    vi.advanceTimersByTime(2_000);
    expect(begun).toContain('/ConfigMap/shop/y');
  });
});

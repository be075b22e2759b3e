import { expect, test } from 'vitest';
import { Coalescer, Lane } from './lane.ts';

function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

test('a lane runs one after the other, also after a failure', async () => {
  const lane = new Lane();
  const first = gate();
  const order: string[] = [];
  const a = lane.run(async () => {
    await first.opened;
    order.push('a');
    throw new Error('a failed');
  });
  const b = lane.run(async () => {
    order.push('b');
  });
  first.open();
  await expect(a).rejects.toThrow('a failed');
  await b;
  expect(order).toEqual(['a', 'b']);
});

test('all who ask while the work runs share the one run that follows', async () => {
  const gates = [gate(), gate()];
  let runs = 0;
  const coalescer = new Coalescer(async () => {
    const run = runs++;
    await gates[run]?.opened;
    return run;
  });
  const first = coalescer.run();
  const second = coalescer.run();
  const third = coalescer.run();
  gates[0]?.open();
  gates[1]?.open();
  expect(await Promise.all([first, second, third])).toEqual([0, 1, 1]);
  await coalescer.idle();
  expect(runs).toBe(2);
});

test('a run that fails does not stop the next', async () => {
  let fails = true;
  const coalescer = new Coalescer(async () => {
    if (fails) throw new Error('away');
    return 'back';
  });
  await expect(coalescer.run()).rejects.toThrow('away');
  fails = false;
  expect(await coalescer.run()).toBe('back');
});

import { expect, test } from 'vitest';
import { closeAll } from './close-all.ts';

function parts(...failing: string[]) {
  const closed: string[] = [];
  const closes = ['first', 'second', 'third'].map((name) => async () => {
    closed.push(name);
    if (failing.includes(name)) throw new Error(`${name} is stuck`);
  });
  return { closed, closes };
}

test('what comes after a failure is closed all the same, and the failure is told', async () => {
  const { closed, closes } = parts('first');
  await expect(closeAll(closes)).rejects.toThrow('first is stuck');
  expect(closed).toEqual(['first', 'second', 'third']);
});

test('all failures are told', async () => {
  await expect(closeAll(parts('first', 'third').closes)).rejects.toThrow(
    '2 parts could not be closed: first is stuck; third is stuck',
  );
});

test('nothing is told when all went well', async () => {
  await expect(closeAll(parts().closes)).resolves.toBeUndefined();
});

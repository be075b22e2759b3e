import { describe, expect, it } from 'vitest';
import { eventOf } from './events.ts';

const object = { group: '', version: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' };
const event = (more: object) =>
  eventOf({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'a', namespace: 'shop' }, ...more }, object);

describe('an event of Kubernetes', () => {
  it('is counted as its reporter counts, whatever that is', () => {
    expect(event({ count: 3 }).count).toBe(3);
    expect(event({ count: 3, series: { count: 5 } }).count).toBe(5);
    for (const count of [-1, 0, 'many', undefined]) expect(event({ count }).count).toBe(1);
    expect(event({ count: 1e300 }).count).toBe(2 ** 31 - 1);
  });

  it('tells nothing that looks like a credential, and in one line', () => {
    const message = 'Readiness probe failed: cannot log in\n with password=hunter2\u001b[2J';
    expect(event({ message }).message).toBe('Readiness probe failed: cannot log in with password=***');
  });
});

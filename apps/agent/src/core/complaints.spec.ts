import { describe, expect, it } from 'vitest';
import { Complaints } from './complaints.ts';

describe('complaints in the log', () => {
  it('name the first few objects, say once that there are more, and begin anew after a while', () => {
    let now = 0;
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => lines.push(line), debug: () => undefined };
    const complaints = new Complaints(log as never, () => now);
    const fail = (id: string): void =>
      complaints.add('apply', id, { reason: 'Forbidden', message: `no ${id}` });
    for (let n = 0; n < 1_000; n++) fail(`/Secret/shop/s${n}`);
    expect(lines).toEqual([
      'apply failed: no /Secret/shop/s0',
      'apply failed: no /Secret/shop/s1',
      'apply failed: no /Secret/shop/s2',
      'more objects of this kind fail for such a reason: their statuses say so',
    ]);
    fail('/ConfigMap/shop/a');
    expect(lines).toHaveLength(5);
    now = 60_000;
    fail('/Secret/shop/s1');
    expect(lines).toHaveLength(6);
  });
});

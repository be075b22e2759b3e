import { describe, expect, it } from 'vitest';
import { Notices } from './notices.ts';

const id = '/ConfigMap/shop/a';
const differs = [{ path: '/data/a', desired: '1', live: '2', manager: 'kubectl-edit' }];

function noticed(differences = differs) {
  const at = { now: 0, version: '1' };
  const notices = new Notices(
    () => at.version,
    () => at.now,
  );
  notices.note(id, 'd', '1', differences);
  return { at, notices };
}

describe('drift that is only reported', () => {
  it('waits as long as the object stays as it was seen, for what it was compared with', () => {
    const { at, notices } = noticed();
    at.now = 1e9;
    expect([notices.isWaiting(id, 'd'), notices.isWaiting(id, 'another digest')]).toEqual([true, false]);
    at.version = '2';
    expect(notices.isWaiting(id, 'd')).toBe(false);
  });

  it('is looked at less and less often while the object changes all the time', () => {
    const { at, notices } = noticed();
    const waits: number[] = [];
    for (let n = 2; n < 10; n++) {
      at.version = `${n}`;
      const next = notices.nextRetryAt(at.now) ?? at.now;
      waits.push(next - at.now);
      expect(notices.isWaiting(id, 'd')).toBe(true);
      at.now = next;
      expect(notices.isWaiting(id, 'd')).toBe(false);
      notices.note(id, 'd', at.version, differs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is doubted when the target is another, and told until it was looked at', () => {
    const { notices } = noticed();
    notices.doubt();
    expect(notices.isWaiting(id, 'd')).toBe(false);
    expect(notices.of(id)).toMatchObject({ reason: 'Drifted', differences: differs });
  });

  it('says a few fields, with who changed them, and how many more there are', () => {
    const many = [1, 2, 3, 4, 5].map((n) => ({
      path: `/data/${n}`,
      desired: '',
      live: '',
      manager: n > 1 ? '' : 'hpa',
    }));
    expect(noticed(many).notices.of(id)?.message).toBe(
      'it differs from its manifest in /data/1 (hpa), /data/2, /data/3 and 2 more; its bundle only reports that',
    );
  });

  it('tells nothing of an object that is as its manifest says', () => {
    const { notices } = noticed([]);
    expect([notices.isSame(id), notices.of(id)]).toEqual([true, undefined]);
  });
});

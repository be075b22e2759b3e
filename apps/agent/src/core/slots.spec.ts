import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

function slots(): {
  readonly subject: Slots;
  readonly begin: (...ids: string[]) => void;
  pass: (ms: number) => void;
} {
  let now = 0;
  const subject = new Slots(16, () => now);
  return {
    subject,
    begin: (...ids) => ids.forEach((id) => subject.begin(id)),
    pass: (ms) => void (now += ms),
  };
}

const many = (count: number, kind: string, namespace: string): string[] =>
  Array.from({ length: count }, (_, n) => `/${kind}/${namespace}/${n}`);

describe('the places of the runner', () => {
  it('are all for one kind in one namespace while nothing is late', () => {
    const { subject, begin } = slots();
    begin(...many(15, 'ConfigMap', 'shop'));
    expect([subject.isFree, subject.admits('/ConfigMap/shop/x')]).toEqual([true, true]);
    begin('/ConfigMap/shop/x');
    expect(subject.isFree).toBe(false);
  });

  it('are left for the same kind elsewhere where one namespace hangs', () => {
    const { subject, begin, pass } = slots();
    begin(...many(16, 'ConfigMap', 'hung'));
    pass(2_000);
    expect(subject.isFree).toBe(true);
    expect(subject.admits('/ConfigMap/hung/x')).toBe(false);
    expect(subject.admits('/ConfigMap/shop/x')).toBe(true);
  });

  it('are left for other kinds where a kind hangs in every namespace', () => {
    const { subject, begin, pass } = slots();
    begin(...Array.from({ length: 16 }, (_, n) => `/ConfigMap/ns${n}/a`));
    pass(2_000);
    begin(...Array.from({ length: 4 }, (_, n) => `/ConfigMap/ns${n}/b`));
    expect([subject.isFree, subject.admits('/ConfigMap/shop/x'), subject.admits('/Secret/shop/x')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are tried a few at a time where some are late, and all again once none is', () => {
    const { subject, begin, pass } = slots();
    begin(...many(3, 'ConfigMap', 'shop'));
    pass(2_000);
    expect(subject.admits('/ConfigMap/shop/x')).toBe(true);
    begin('/ConfigMap/shop/x');
    expect(subject.admits('/ConfigMap/shop/y')).toBe(false);
    for (const id of many(3, 'ConfigMap', 'shop')) subject.end(id);
    begin(...many(3, 'ConfigMap', 'shop'));
    expect(subject.admits('/ConfigMap/shop/y')).toBe(true);
  });
});

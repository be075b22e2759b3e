import { describe, expect, it } from 'vitest';
import { Restraint } from './restraint.ts';

const broken = { reason: 'NotObserved', message: 'conversion webhook failed' } as const;
const forbidden = { reason: 'Forbidden', message: 'may not list' } as const;

describe('what was asked in vain', () => {
  it('is asked again later and later, and at once when it was answered', () => {
    let now = 0;
    const restraint = new Restraint(
      () => now,
      () => 1,
    );
    expect(restraint.whyNot('widgets')).toBeUndefined();
    restraint.refused('widgets', broken);
    expect(restraint.whyNot('widgets')).toBe(broken);
    now = 1_000;
    expect(restraint.whyNot('widgets')).toBeUndefined();
    restraint.refused('widgets', broken);
    now = 2_999;
    expect(restraint.whyNot('widgets')).toBe(broken);
    restraint.answered('widgets');
    expect(restraint.whyNot('widgets')).toBeUndefined();
  });

  it('holds up nothing else', () => {
    const restraint = new Restraint();
    restraint.refused('widgets', broken);
    expect(restraint.whyNot('gadgets')).toBeUndefined();
  });

  it('is looked at again within a minute, however long a right was missing, and at once when a person asks', () => {
    let now = 0;
    const restraint = new Restraint(
      () => now,
      () => 1,
    );
    for (let times = 0; times < 20; times++) restraint.refused('secrets', forbidden);
    now = 59_999;
    expect(restraint.whyNot('secrets')).toBe(forbidden);
    now = 60_000;
    expect(restraint.whyNot('secrets')).toBeUndefined();
    restraint.refused('secrets', forbidden);
    restraint.forgive();
    expect(restraint.whyNot('secrets')).toBeUndefined();
  });
});

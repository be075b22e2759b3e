import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DNS_LABEL_PATTERN, isDnsLabel, isLabelKey, isLabelValue, LABEL_KEY_PATTERN } from './names.ts';

describe("Kubernetes' rules for names", () => {
  test.each(['a', 'eu-1', '0', 'a'.repeat(63)])('%s is a DNS label', (name) =>
    expect(isDnsLabel(name)).toBe(true),
  );
  test.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a\n', 'a'.repeat(64)])('%j is no DNS label', (name) =>
    expect(isDnsLabel(name)).toBe(false),
  );

  test.each(['env', 'Env_1.x', 'example.com/env', 'app.kubernetes.io/part-of'])('%s is a label key', (key) =>
    expect(isLabelKey(key)).toBe(true),
  );
  test.each([
    '',
    '/env',
    'example.com/',
    'a/b/c',
    'Example.com/env',
    '-env',
    '__proto__',
    'a..b/c',
    `${'a'.repeat(254)}/b`,
  ])('%j is no label key', (key) => expect(isLabelKey(key)).toBe(false));

  test.each(['', 'production', '1.4.2', 'a_b'])('%j is a label value', (value) =>
    expect(isLabelValue(value)).toBe(true),
  );
  test.each(['-a', 'a b', 'ä', 'a/b', 'a'.repeat(64)])('%j is no label value', (value) =>
    expect(isLabelValue(value)).toBe(false),
  );

  test("the editors' patterns accept what the checks accept", () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9./_-]{0,12}$/);
    fc.assert(
      fc.property(text, (it) => {
        expect(new RegExp(LABEL_KEY_PATTERN).test(it)).toBe(isLabelKey(it));
        expect(new RegExp(DNS_LABEL_PATTERN).test(it)).toBe(isDnsLabel(it));
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonParameter, textParameter } from './parameters.ts';

test('what PostgreSQL refuses in texts is replaced, and nothing else', () => {
  expect(textParameter('a\0b\ud800c\u{1F600}\n')).toBe('a\uFFFDb\uFFFDc\u{1F600}\n');
  expect(jsonParameter({ 'k\0': ['a\0b', '\udfff\ud800', '\u{1F600}', '\x01'] })).toBe(
    '{"k\\ufffd":["a\\ufffdb","\\ufffd\\ufffd","\u{1F600}","\\u0001"]}',
  );
  expect(jsonParameter(undefined)).toBe('null');
});

test('a backslash before what looks like an escape is a backslash', () => {
  for (const text of ['\\u0000', '\\\\ud800', '\\\0', '"\\']) {
    expect(JSON.parse(jsonParameter(text))).toBe(textParameter(text));
  }
});

test('any JSON comes back as it is with its texts made good', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\\', 'u', '0', '\0', '\ud83d', '\ude00') }),
      (a, b) => {
        expect(JSON.parse(jsonParameter([a, { x: b }]))).toEqual([textParameter(a), { x: textParameter(b) }]);
      },
    ),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalJson, parseJson, printJson } from './json.ts';

describe('JSON without loss', () => {
  test.each([
    '{"big":9007199254740993,"small":-9223372036854775808}',
    '[1.0,1e400,-0,0.1,1e2]',
    '{"__proto__":{"constructor":1},"a":[null,true,"\\u0000ü"]}',
  ])('%s prints as it was written', (text) => {
    expect(JSON.parse(printJson(parseJson(text)))).toEqual(JSON.parse(text));
    expect(printJson(parseJson(text)).replaceAll('\\u0000', '')).toBe(text.replaceAll('\\u0000', ''));
  });

  test('whatever JSON is read is printed as the same JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text);
        expect(JSON.parse(printJson(value))).toEqual(JSON.parse(text));
        expect(equalJson(value, parseJson(printJson(value)))).toBe(true);
      }),
    );
  });
});

describe('equality', () => {
  test.each([
    ['9007199254740993', '9007199254740993', true],
    // The same double.
    ['9007199254740993', '9007199254740992', false],
    ['1.0', '1', true],
    ['1e2', '100', true],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"a":1}', '{"a":1,"b":null}', false],
    ['{"a":null}', '{"b":null}', false],
    ['[1,2]', '[2,1]', false],
    ['{}', '[]', false],
    ['"1"', '1', false],
    ['{"__proto__":1}', '{}', false],
  ])('of %s and %s is %s', (a, b, equal) => {
    expect(equalJson(parseJson(a), parseJson(b))).toBe(equal);
    expect(equalJson(parseJson(b), parseJson(a))).toBe(equal);
  });
});

test('what is no JSON is not quoted', () => {
  for (const text of ['hunter2', '{"data":{"p":hunter2}}', '{"p":"hunter2"'])
    expect(() => parseJson(text)).toThrow(new SyntaxError('what the API server gave is no JSON'));
});

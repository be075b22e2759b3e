import { expect, test } from 'vitest';
import { differencesBetween } from './compare.ts';
import { parseJson, printJson } from './json.ts';
import { printPlace } from './place.ts';
import { showValue } from './show.ts';

test.each([
  ['nothing', '{"a":[1,{"b":2}]}', '{"a":[1,{"b":2}]}', []],
  ['a scalar', '{"spec":{"replicas":2}}', '{"spec":{"replicas":3}}', [['/spec/replicas', '2', '3']]],
  [
    'an integer beyond 2^53',
    '{"spec":{"n":9007199254740993}}',
    '{"spec":{"n":9007199254740992}}',
    [['/spec/n', '9007199254740993', '9007199254740992']],
  ],
  ['a field that is gone', '{"a":{"b":1}}', '{"a":{}}', [['/a/b', '1', '']]],
  ['a field that came', '{"a":{}}', '{"a":{"b":null}}', [['/a/b', '', 'null']]],
  [
    'one item among others in another order',
    '{"c":[{"name":"a","x":1},{"name":"b","x":1}]}',
    '{"c":[{"name":"b","x":2},{"name":"new"},{"name":"a","x":1}]}',
    [
      ['/c/[name=b]/x', '1', '2'],
      ['/c/[name=new]', '', '{"name":"new"}'],
    ],
  ],
  [
    'the order of items alone',
    '{"c":[{"name":"a"},{"name":"b"}]}',
    '{"c":[{"name":"b"},{"name":"a"}]}',
    [['/c', '[{"name":"a"},{"name":"b"}]', '[{"name":"b"},{"name":"a"}]']],
  ],
  [
    'a list of scalars, as a whole',
    '{"args":["a"]}',
    '{"args":["a","b"]}',
    [['/args', '["a"]', '["a","b"]']],
  ],
  ['another kind of value', '{"a":{}}', '{"a":[]}', [['/a', '{}', '[]']]],
] as const)('%s is told', (_, desired, live, told) => {
  const [a, b] = [parseJson(desired), parseJson(live)];
  const found = differencesBetween(a, b).map((it) => [
    it.desired === undefined ? printPlace(b, it.livePlace) : printPlace(a, it.desiredPlace),
    it.desired === undefined ? '' : printJson(it.desired),
    it.live === undefined ? '' : printJson(it.live),
  ]);
  expect(found).toEqual(told);
});

test('a long value is cut', () => {
  expect(showValue('x'.repeat(1000))).toHaveLength(200);
  expect(showValue(undefined)).toBe('');
});

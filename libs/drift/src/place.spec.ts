import { parseFieldPath } from '@muster/manifest';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';
import { pairItems, placesOf, printPlace } from './place.ts';

const pod = parseJson(
  '{"metadata":{"labels":{"a/b":"1","__proto__":"2"}},"spec":{"containers":[{"name":"app","image":"x"},{"name":"log"}],"args":["a","b"]}}',
);

test.each([
  ['/metadata/labels/a~1b', ['/metadata/labels/a~1b']],
  ['/metadata/labels/*', ['/metadata/labels/a~1b', '/metadata/labels/__proto__']],
  ['/spec/containers/*/image', ['/spec/containers/[name=app]/image']],
  ['/spec/containers/[name=log]', ['/spec/containers/[name=log]']],
  ['/spec/containers/0/image', ['/spec/containers/[name=app]/image']],
  ['/spec/containers/2', []],
  ['/spec/args/*', ['/spec/args/0', '/spec/args/1']],
  ['/metadata/labels/constructor', []],
  ['/spec/args/length', []],
  ['/spec/[name=x]', []],
])('%s names %j', (text, places) => {
  const path = parseFieldPath(text);
  expect(path.ok && placesOf(pod, path.steps).map((place) => printPlace(pod, place))).toEqual(places);
});

test.each([
  ['by name, wherever they stand', '[{"name":"a"},{"name":"b"}]', '[{"name":"b"},{"name":"a"}]', [1, 0]],
  ['not at all when one is gone', '[{"name":"a"},{"name":"b"}]', '[{"name":"b"}]', [undefined, 0]],
  [
    'by port and protocol, where the port alone is twice',
    '[{"port":53,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]',
    '[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]',
    [1, 0],
  ],
  ['never, when nothing tells them apart', '[{"x":1}]', '[{"x":1}]', undefined],
  ['never, when two have one name', '[{"name":"a"},{"name":"a"}]', '[{"name":"a"}]', undefined],
])('items are paired %s', (_, a, b, pairs) => {
  expect(pairItems(parseJson(a) as [], parseJson(b) as [])).toEqual(pairs);
});

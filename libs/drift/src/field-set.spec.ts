import { expect, test } from 'vitest';
import { fieldsOutside, isWithin, ownershipOf } from './field-set.ts';
import { parseJson } from './json.ts';
import { printPlace } from './place.ts';

const manifest =
  parseJson(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"web"}},
  "spec":{"replicas":2,"template":{"spec":{"nodeSelector":{"a":"b"},"emptyDir":{},"args":["x"],"finalizers":["one","two"],
  "containers":[{"name":"app","image":"x","ports":[{"containerPort":80}]}]}}}}`);

const whole =
  parseJson(`{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:template":{"f:spec":{
  "f:nodeSelector":{},"f:args":{},"f:finalizers":{"v:\\"one\\"":{},"v:\\"two\\"":{}},
  "f:containers":{"k:{\\"name\\":\\"app\\"}":{".":{},"f:name":{},"f:image":{},
    "f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}}}}}}}}`);

const without = (text: string, by: string) => parseJson(JSON.stringify(whole).replace(text, by));
const outside = (set: ReturnType<typeof parseJson> | undefined) =>
  fieldsOutside(set, manifest).map((place) => printPlace(manifest, place));

test('a set that holds all of a manifest leaves nothing out', () => {
  expect(outside(whole)).toEqual([]);
});

test.each([
  ['a scalar', '"f:replicas":{},', '', ['/spec/replicas']],
  ['a label', '"f:app":{}', '"f:other":{}', ['/metadata/labels/app']],
  ['an atomic map', '"f:nodeSelector":{},', '', ['/spec/template/spec/nodeSelector']],
  ['an atomic list', '"f:args":{},', '', ['/spec/template/spec/args']],
  ['an item of a set', '"v:\\"one\\"":{},', '', ['/spec/template/spec/finalizers/0']],
  ["an item's field", '"f:image":{},', '', ['/spec/template/spec/containers/[name=app]/image']],
  [
    'an item by its keys',
    'k:{\\"name\\":\\"app\\"}',
    'k:{\\"name\\":\\"log\\"}',
    ['/spec/template/spec/containers/[name=app]'],
  ],
  [
    'an item with a defaulted key',
    '\\"containerPort\\":80',
    '\\"containerPort\\":81',
    ['/spec/template/spec/containers/[name=app]/ports/0'],
  ],
])('%s that was taken out is found', (_, text, by, places) => {
  expect(outside(without(text, by))).toEqual(places);
});

test('of metadata only what is tracked can be taken', () => {
  const plain = parseJson('{"metadata":{"name":"a","namespace":"b","labels":{"x":"y"}},"data":{"k":"v"}}');
  const places = (set: string) =>
    fieldsOutside(parseJson(set), plain).map((place) => printPlace(plain, place));
  expect(places('{"f:data":{"f:k":{}}}')).toEqual(['/metadata/labels']);
  expect(places('{"f:metadata":{"f:labels":{"f:x":{}}},"f:data":{"f:k":{}}}')).toEqual([]);
});

test('an entry that is gone leaves out everything', () => {
  expect(fieldsOutside(undefined, manifest)).toEqual([[]]);
});

test.each([
  [['spec', 'replicas'], 'whole'],
  [['spec', 'template'], 'inside'],
  [['spec', 'template', 'spec', 'nodeSelector', 'a'], 'above'],
  [['spec', 'template', 'spec', 'args', 0], 'above'],
  [['spec', 'template', 'spec', 'containers', 0, 'image'], 'whole'],
  [['spec', 'paused'], 'none'],
  [['metadata', 'labels', 'other'], 'none'],
] as const)('of %j the set holds: %s', (place, ownership) => {
  expect(ownershipOf(whole, manifest, place)).toBe(ownership);
});

test('a set is within another when that lacks none of its fields', () => {
  const less = without('"f:replicas":{},', '');
  expect([
    isWithin(less, whole),
    isWithin(whole, less),
    isWithin(whole, whole),
    isWithin(whole, undefined),
  ]).toEqual([true, false, true, false]);
});

import { expect, test } from 'vitest';
import { parseFieldPath } from './field-path.ts';

const child = (name: string) => ({ kind: 'child', name });

test.each([
  ['/spec/replicas', [child('spec'), child('replicas')]],
  [
    '/metadata/annotations/example.com~1a~0b',
    [child('metadata'), child('annotations'), child('example.com/a~b')],
  ],
  ['/webhooks/*/clientConfig', [child('webhooks'), { kind: 'every' }, child('clientConfig')]],
  ['/spec/[name=a~1b]/0', [child('spec'), { kind: 'items', key: 'name', value: 'a/b' }, child('0')]],
  ['/ports/[port=]', [child('ports'), { kind: 'items', key: 'port', value: '' }]],
  // What JavaScript treats apart is a name like any other.
  ['/__proto__', [child('__proto__')]],
])('%s is read', (text, steps) => {
  expect(parseFieldPath(text)).toEqual({ ok: true, steps });
});

test.each([
  ['', 'does not begin with "/": /spec/replicas, for example'],
  ['spec.replicas', 'does not begin with "/": /spec/replicas, for example'],
  ['/', 'has an empty step'],
  ['/spec//replicas', 'has an empty step'],
  ['/spec/', 'has an empty step'],
  ['/a~b', 'has a "~" that is neither "~0" (for "~") nor "~1" (for "/")'],
  [
    '/containers[name=app]/image',
    'has "containers[name=app]". A list\'s items are a step of their own: /containers/[name=app]; an index too: /containers/0',
  ],
])('"%s" is refused', (text, problem) => {
  expect(parseFieldPath(text)).toEqual({ ok: false, problem });
});

import { expect, test } from 'vitest';
import { allowedDeletions } from './trailers.ts';

test.each([
  ['one bundle', 'Drop the old shop\n\nMuster-Allow-Delete: shop\n', ['shop']],
  [
    'several, apart by commas or spaces',
    'x\n\nMuster-Allow-Delete: shop, cart  checkout',
    ['shop', 'cart', 'checkout'],
  ],
  [
    'repeated trailers beside others',
    'x\n\nSigned-off-by: A\nMuster-Allow-Delete: a\nmuster-allow-delete: b',
    ['a', 'b'],
  ],
  ['the same name once', 'x\n\nMuster-Allow-Delete: a a', ['a']],
  ['no trailer', 'x\n\nsome text', []],
  ['not what stands in the text before the last paragraph', 'x\n\nMuster-Allow-Delete: a\n\nthe end', []],
  ['not what is only mentioned', 'x\n\nI wrote Muster-Allow-Delete: a', []],
])('a commit consents to %s', (_, message, bundles) => {
  expect(allowedDeletions(message)).toEqual(bundles);
});

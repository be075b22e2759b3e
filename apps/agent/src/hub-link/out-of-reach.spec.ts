import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { isOutOfReach } from './out-of-reach.ts';

test('a hub that does not listen is out of reach', async () => {
  const error = await new Promise<Error>((resolve) => connect(1, '127.0.0.1').once('error', resolve));
  expect(isOutOfReach(`14 UNAVAILABLE: No connection established. Last error: ${error.message}`)).toBe(true);
});

test.each([
  'the session could not begin',
  '14 UNAVAILABLE: No connection established. Last error: Error: write EPROTO ssl/tls alert certificate expired',
  '14 UNAVAILABLE: read ECONNRESET',
])('one that ends the connection is not: %s', (reason) => {
  expect(isOutOfReach(reason)).toBe(false);
});

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { maxWebhookBytes, verifyWebhook } from './verify.ts';

const now = new Date('2026-03-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const secret = 's3cret';
const body = Buffer.from(
  '{"ref":"refs/heads/main","repository":{"clone_url":"https://git.example.com/fleet.git"}}',
);
const hex = (text: Uint8Array = body) => createHmac('sha256', secret).update(text).digest('hex');

interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  /** As one piece, unless it is said how it comes. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

const verify = ({ headers, body: given }: Delivery, key: string, at = now) =>
  verifyWebhook({ headers, body: given instanceof Uint8Array ? [given] : given }, key, at);

describe('a webhook delivery', () => {
  it.each([
    ['github', { 'x-hub-signature-256': `sha256=${hex()}` }],
    ['gitea', { 'x-gitea-signature': hex(), 'x-hub-signature-256': `sha256=${hex()}` }],
    ['gitlab', { 'x-gitlab-token': secret }],
    ['generic', { 'x-muster-signature-256': `sha256=${hex()}` }],
  ] as const)(
    'from %s is accepted with the right secret, and refused with another',
    async (sender, headers) => {
      expect(await verify({ headers, body }, secret)).toEqual({ kind: 'accepted', sender });
      expect(await verify({ headers, body }, 'other')).toEqual({
        kind: 'refused',
        reason: 'wrong-signature',
      });
    },
  );

  it('matches the example in the documentation of GitHub', async () => {
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const delivery = { headers, body: Buffer.from('Hello, World!') };
    const outcome = await verify(delivery, "It's a Secret to Everybody");
    expect(outcome).toEqual({ kind: 'accepted', sender: 'github' });
  });

  it('matches the example of the Standard Webhooks specification', async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const delivery = { headers, body: Buffer.from('{"test": 2432232314}') };
    expect(await verify(delivery, key, new Date(1614265330_000))).toMatchObject({
      kind: 'accepted',
      sender: 'gitlab-signed',
    });
    expect(await verify(delivery, key, new Date(1614265330_000 + 301_000))).toEqual({
      kind: 'refused',
      reason: 'too-old',
    });
    expect(await verify(delivery, key, new Date(1614265330_000 - 301_000))).toEqual({
      kind: 'refused',
      reason: 'too-old',
    });
  });

  it('may carry several signatures, while a secret is changed', async () => {
    const signed = createHmac('sha256', secret).update(`1.${seconds}.`).update(body).digest('base64');
    const headers = {
      'webhook-id': '1',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': `v1,AAAA v2,x v1,${signed}`,
    };
    expect(await verify({ headers, body }, secret)).toMatchObject({ kind: 'accepted' });
    expect(await verify({ headers: { ...headers, 'webhook-id': '2' }, body }, secret)).toMatchObject({
      reason: 'wrong-signature',
    });
  });

  it('is judged by its signature where it has one, not by the token beside it', async () => {
    const headers = {
      'webhook-id': '1',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': 'v1,AAAA',
      'x-gitlab-token': secret,
    };
    expect(await verify({ headers, body }, secret)).toEqual({
      kind: 'refused',
      reason: 'wrong-signature',
    });
  });

  it.each([
    ['too-large', { 'x-gitlab-token': secret, 'content-length': `${maxWebhookBytes + 1}` }, body, secret],
    ['unsigned', {}, body, secret],
    ['no-secret', { 'x-gitlab-token': '' }, body, ''],
    ['wrong-signature', { 'x-hub-signature-256': hex() }, body, secret],
    ['wrong-signature', { 'x-hub-signature-256': `sha256=${hex(Buffer.from('{}'))}` }, body, secret],
    ['wrong-signature', { 'webhook-signature': 'v1,AAAA' }, body, secret],
  ] as const)('is refused as %s', async (reason, headers, given, key) => {
    expect(await verify({ headers, body: given }, key)).toEqual({ kind: 'refused', reason });
  });

  it('is signed as a whole, in whatever pieces it comes', async () => {
    async function* pieces() {
      for (const byte of body) yield Buffer.of(byte);
    }
    const headers = { 'x-hub-signature-256': `sha256=${hex()}` };
    expect(await verify({ headers, body: pieces() }, secret)).toMatchObject({ kind: 'accepted' });
  });

  it('that does not say how large it is is read no further than it may be', async () => {
    let read = 0;
    async function* endless() {
      for (const piece = Buffer.alloc(1024 * 1024); ; read += piece.length) yield piece;
    }
    const headers = { 'x-hub-signature-256': `sha256=${hex()}` };
    expect(await verify({ headers, body: endless() }, secret)).toEqual({
      kind: 'refused',
      reason: 'too-large',
    });
    expect(read).toBe(maxWebhookBytes);
  });

  it('that proves nothing is not read at all', async () => {
    const unread: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        throw new Error('it was read');
      },
    };
    expect(await verify({ headers: {}, body: unread }, secret)).toMatchObject({ reason: 'unsigned' });
    const headers = { 'x-gitlab-token': 'wrong' };
    expect(await verify({ headers, body: unread }, secret)).toMatchObject({ reason: 'wrong-signature' });
  });
});

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
const push = { kind: 'push', ref: 'refs/heads/main', repos: ['https://git.example.com/fleet.git'] };

describe('a webhook delivery', () => {
  it.each([
    ['github', { 'x-hub-signature-256': `sha256=${hex()}` }],
    ['gitea', { 'x-gitea-signature': hex(), 'x-hub-signature-256': `sha256=${hex()}` }],
    ['gitlab', { 'x-gitlab-token': secret }],
    ['generic', { 'x-muster-signature-256': `sha256=${hex()}` }],
  ] as const)('from %s is accepted with the right secret, and told what was pushed', (sender, headers) => {
    expect(verifyWebhook({ headers, body }, secret, now)).toEqual({ kind: 'accepted', sender, push });
    expect(verifyWebhook({ headers, body }, 'other', now)).toEqual({
      kind: 'refused',
      reason: 'wrong-signature',
    });
  });

  it('matches the example in the documentation of GitHub', () => {
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const outcome = verifyWebhook(
      { headers, body: Buffer.from('Hello, World!') },
      "It's a Secret to Everybody",
      now,
    );
    expect(outcome).toEqual({ kind: 'accepted', sender: 'github', push: { kind: 'unknown' } });
  });

  it('matches the example of the Standard Webhooks specification', () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const delivery = { headers, body: Buffer.from('{"test": 2432232314}') };
    expect(verifyWebhook(delivery, key, new Date(1614265330_000))).toMatchObject({
      kind: 'accepted',
      sender: 'gitlab-signed',
    });
    expect(verifyWebhook(delivery, key, new Date(1614265330_000 + 301_000))).toEqual({
      kind: 'refused',
      reason: 'too-old',
    });
    expect(verifyWebhook(delivery, key, new Date(1614265330_000 - 301_000))).toEqual({
      kind: 'refused',
      reason: 'too-old',
    });
  });

  it('may carry several signatures, while a secret is changed', () => {
    const signed = createHmac('sha256', secret).update(`1.${seconds}.`).update(body).digest('base64');
    const headers = {
      'webhook-id': '1',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': `v1,AAAA v2,x v1,${signed}`,
    };
    expect(verifyWebhook({ headers, body }, secret, now)).toMatchObject({ kind: 'accepted' });
    expect(verifyWebhook({ headers: { ...headers, 'webhook-id': '2' }, body }, secret, now)).toMatchObject({
      reason: 'wrong-signature',
    });
  });

  it('is judged by its signature where it has one, not by the token beside it', () => {
    const headers = {
      'webhook-id': '1',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': 'v1,AAAA',
      'x-gitlab-token': secret,
    };
    expect(verifyWebhook({ headers, body }, secret, now)).toEqual({
      kind: 'refused',
      reason: 'wrong-signature',
    });
  });

  it.each([
    ['too-large', { 'x-gitlab-token': secret }, Buffer.alloc(maxWebhookBytes + 1), secret],
    ['unsigned', {}, body, secret],
    ['no-secret', { 'x-gitlab-token': '' }, body, ''],
    ['wrong-signature', { 'x-hub-signature-256': hex() }, body, secret],
    ['wrong-signature', { 'x-hub-signature-256': `sha256=${hex(Buffer.from('{}'))}` }, body, secret],
  ] as const)('is refused as %s', (reason, headers, given, key) => {
    expect(verifyWebhook({ headers, body: given }, key, now)).toEqual({ kind: 'refused', reason });
  });

  it.each(['not json', '[]', 'null', '{"ref":7}', '{"ref":"main"}', '{"__proto__":{"ref":"refs/heads/x"}}'])(
    'that says %s is only a reason to look',
    (text) => {
      const outcome = verifyWebhook(
        { headers: { 'x-gitlab-token': secret }, body: Buffer.from(text) },
        secret,
        now,
      );
      expect(outcome).toEqual({ kind: 'accepted', sender: 'gitlab', push: { kind: 'unknown' } });
    },
  );
});

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Push, pushOf } from './push.ts';

/** Bodies larger than this are refused before anything is computed or parsed. */
export const maxWebhookBytes = 1024 * 1024;

/** How far a signed timestamp may be from now, either way; what the Standard Webhooks specification recommends. */
export const webhookToleranceMs = 5 * 60_000;

export interface WebhookDelivery {
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body: signatures cover bytes, not what they parse to. */
  readonly body: Uint8Array;
}

export type WebhookSender = 'github' | 'gitlab' | 'gitlab-signed' | 'gitea' | 'generic';

export type WebhookOutcome =
  | { readonly kind: 'accepted'; readonly sender: WebhookSender; readonly push: Push }
  | {
      readonly kind: 'refused';
      readonly reason: 'too-large' | 'unsigned' | 'wrong-signature' | 'too-old' | 'no-secret';
    };

interface Scheme {
  readonly sender: WebhookSender;
  /** The header that tells that a delivery is signed this way. */
  readonly header: string;
  readonly check: (
    value: string,
    delivery: WebhookDelivery,
    secret: string,
    now: Date,
  ) => 'valid' | 'wrong-signature' | 'too-old';
}

/**
 * Signed schemes stand first: GitLab sends its token beside the signature, and Gitea the headers of others beside its
 * own. A delivery is judged by the first scheme whose header it has, never by a weaker one that it has too.
 */
const schemes: readonly Scheme[] = [
  { sender: 'gitlab-signed', header: 'webhook-signature', check: checkStandardWebhook },
  {
    sender: 'gitea',
    header: 'x-gitea-signature',
    check: (value, { body }, secret) => verdict(equalText(value, hexHmac(secret, body))),
  },
  { sender: 'github', header: 'x-hub-signature-256', check: checkPrefixedHmac },
  { sender: 'generic', header: 'x-muster-signature-256', check: checkPrefixedHmac },
  {
    sender: 'gitlab',
    header: 'x-gitlab-token',
    check: (value, _delivery, secret) => verdict(equalText(value, secret)),
  },
];

/**
 * Tells whether a delivery comes from somebody who knows the secret: GitHub's `X-Hub-Signature-256`, Gitea's (and
 * Forgejo's) `X-Gitea-Signature`, GitLab's `X-Gitlab-Token` and its successor (`webhook-signature`, Standard
 * Webhooks, with a secret `whsec_…`), and for everybody else `X-Muster-Signature-256: sha256=<hex HMAC>`.
 *
 * An accepted delivery is only a hint to look at the repo now: nothing of what it says is believed.
 */
export function verifyWebhook(delivery: WebhookDelivery, secret: string, now: Date): WebhookOutcome {
  if (secret === '') return { kind: 'refused', reason: 'no-secret' };
  if (delivery.body.length > maxWebhookBytes) return { kind: 'refused', reason: 'too-large' };
  for (const { sender, header, check } of schemes) {
    const value = headerOf(delivery, header);
    if (value === undefined) continue;
    const found = check(value, delivery, secret, now);
    return found === 'valid'
      ? { kind: 'accepted', sender, push: pushOf(delivery.body) }
      : { kind: 'refused', reason: found };
  }
  return { kind: 'refused', reason: 'unsigned' };
}

function checkPrefixedHmac(
  value: string,
  { body }: WebhookDelivery,
  secret: string,
): 'valid' | 'wrong-signature' {
  return verdict(equalText(value, `sha256=${hexHmac(secret, body)}`));
}

/** https://www.standardwebhooks.com: `v1,<base64>`, several with spaces between, over `<id>.<timestamp>.<body>`. */
function checkStandardWebhook(
  value: string,
  delivery: WebhookDelivery,
  secret: string,
  now: Date,
): 'valid' | 'wrong-signature' | 'too-old' {
  const id = headerOf(delivery, 'webhook-id');
  const timestamp = headerOf(delivery, 'webhook-timestamp');
  if (id === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'wrong-signature';
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(delivery.body).digest('base64')}`;
  if (!value.split(' ').some((signature) => equalText(signature, expected))) return 'wrong-signature';
  return Math.abs(now.getTime() - Number(timestamp) * 1000) <= webhookToleranceMs ? 'valid' : 'too-old';
}

function headerOf({ headers }: WebhookDelivery, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

function hexHmac(secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** In constant time; hashing first makes lengths equal without telling them. */
function equalText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function verdict(isEqual: boolean): 'valid' | 'wrong-signature' {
  return isEqual ? 'valid' : 'wrong-signature';
}

import { createHash, createHmac, type Hmac, timingSafeEqual } from 'node:crypto';

/** What GitHub sends at most; nothing of it is kept, so that it costs time and no memory. */
export const maxWebhookBytes = 25 * 1024 * 1024;

/** How far a signed timestamp may be from now, either way; what the Standard Webhooks specification recommends. */
export const webhookToleranceMs = 5 * 60_000;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookDelivery {
  /** Names in lower case, as Node gives them. */
  readonly headers: Headers;
  /** The raw body: signatures cover bytes, not what they parse to. */
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export type WebhookSender = 'github' | 'gitlab' | 'gitlab-signed' | 'gitea' | 'generic';
type Fault = 'too-large' | 'unsigned' | 'wrong-signature' | 'too-old' | 'no-secret';

export type WebhookOutcome =
  | { readonly kind: 'accepted'; readonly sender: WebhookSender }
  | { readonly kind: 'refused'; readonly reason: Fault };

/** What a header asks for: to be known once the whole body went into `hmac`, or without the body where there is none. */
interface Check {
  readonly hmac?: Hmac;
  readonly verdict: () => 'valid' | 'wrong-signature' | 'too-old';
}

interface Scheme {
  readonly sender: WebhookSender;
  /** The header that tells that a delivery is signed this way. */
  readonly header: string;
  readonly check: (value: string, secret: string, headers: Headers, now: Date) => Check;
}

/**
 * Signed schemes stand first: GitLab sends its token beside the signature, and Gitea the headers of others beside its
 * own. A delivery is judged by the first scheme whose header it has, never by a weaker one that it has too.
 */
const schemes: readonly Scheme[] = [
  { sender: 'gitlab-signed', header: 'webhook-signature', check: checkStandardWebhook },
  { sender: 'gitea', header: 'x-gitea-signature', check: (value, secret) => checkHmac('', value, secret) },
  {
    sender: 'github',
    header: 'x-hub-signature-256',
    check: (value, secret) => checkHmac('sha256=', value, secret),
  },
  {
    sender: 'generic',
    header: 'x-muster-signature-256',
    check: (value, secret) => checkHmac('sha256=', value, secret),
  },
  {
    sender: 'gitlab',
    header: 'x-gitlab-token',
    check: (value, secret) => ({ verdict: () => verdictOf(equalText(value, secret)) }),
  },
];

/**
 * Tells whether a delivery comes from somebody who knows the secret: GitHub's `X-Hub-Signature-256`, Gitea's (and
 * Forgejo's) `X-Gitea-Signature`, GitLab's `X-Gitlab-Token` and its successor (`webhook-signature`, Standard
 * Webhooks, with a secret `whsec_…`), and for everybody else `X-Muster-Signature-256: sha256=<hex HMAC>`.
 *
 * An accepted delivery is only a hint to look at the repo now: its body is neither kept nor read for what it says.
 * Rejects when the body breaks off.
 */
export async function verifyWebhook(
  { headers, body }: WebhookDelivery,
  secret: string,
  now: Date,
): Promise<WebhookOutcome> {
  if (secret === '') return refused('no-secret');
  if (Number(headerOf(headers, 'content-length') ?? 0) > maxWebhookBytes) return refused('too-large');
  for (const { sender, header, check } of schemes) {
    const value = headerOf(headers, header);
    if (value === undefined) continue;
    const { hmac, verdict } = check(value, secret, headers, now);
    if (hmac !== undefined && !(await digestBounded(body, hmac))) return refused('too-large');
    const found = verdict();
    return found === 'valid' ? { kind: 'accepted', sender } : refused(found);
  }
  return refused('unsigned');
}

/** False: the body is larger than it may be. */
async function digestBounded(body: WebhookDelivery['body'], hmac: Hmac): Promise<boolean> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxWebhookBytes) return false;
    hmac.update(chunk);
  }
  return true;
}

function checkHmac(prefix: string, value: string, secret: string): Check {
  const hmac = createHmac('sha256', secret);
  return { hmac, verdict: () => verdictOf(equalText(value, prefix + hmac.digest('hex'))) };
}

/** https://www.standardwebhooks.com: `v1,<base64>`, several with spaces between, over `<id>.<timestamp>.<body>`. */
function checkStandardWebhook(value: string, secret: string, headers: Headers, now: Date): Check {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  if (id === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp))
    return { verdict: () => 'wrong-signature' };
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`);
  const isRecent = Math.abs(now.getTime() - Number(timestamp) * 1000) <= webhookToleranceMs;
  const verdict = () => {
    const expected = `v1,${hmac.digest('base64')}`;
    if (!value.split(' ').some((signature) => equalText(signature, expected))) return 'wrong-signature';
    return isRecent ? 'valid' : 'too-old';
  };
  return { hmac, verdict };
}

function refused(reason: Fault): WebhookOutcome {
  return { kind: 'refused', reason };
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** In constant time; hashing first makes lengths equal without telling them. */
function equalText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function verdictOf(isEqual: boolean): 'valid' | 'wrong-signature' {
  return isEqual ? 'valid' : 'wrong-signature';
}

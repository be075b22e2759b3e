import { request, type RequestOptions } from 'node:https';
import type { WebhookClientConfig } from './webhook.ts';

/** No answer came, or none that is one; the message is the real server's, as near as its causes are known here. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** Posts JSON to a webhook and returns the text that it answers with 200; rejects with `CallFailed`. */
export type WebhookCaller = (
  client: WebhookClientConfig,
  body: string,
  timeoutSeconds: number | undefined,
) => Promise<string>;

const answerLimit = 16 * 1024 * 1024;

const causeOf = (error: Error & { code?: string }, host: string): string => {
  if (error.code === 'ECONNREFUSED') return `dial tcp ${host}: connect: connection refused`;
  if (error.code === 'ABORT_ERR' || error.name === 'TimeoutError') return 'context deadline exceeded';
  if (error.code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (/CERT|SELF_SIGNED|ALTNAME/.test(error.code ?? '')) {
    return `tls: failed to verify certificate: x509: ${error.message}`;
  }
  return error.message;
};

const statusText = (status: number, text: string): string =>
  status === 404
    ? 'the server could not find the requested resource'
    : `an error on the server (${JSON.stringify(text.slice(0, 200))}) has prevented the request from succeeding`;

const post = (url: URL, options: RequestOptions, body: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > answerLimit) call.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });

/** Calls webhooks by their URL. Services lead nowhere: there is no network of Pods here, as without kube-proxy. */
export const callWebhook: WebhookCaller = async ({ url, service, caBundle }, body, timeoutSeconds) => {
  const query = timeoutSeconds === undefined ? '' : `?timeout=${timeoutSeconds}s`;
  if (url === undefined) {
    const { namespace = '', name = '', path = '', port = 443 } = service ?? {};
    throw new CallFailed(
      `Post "https://${name}.${namespace}.svc:${port}${path}${query}": service "${name}" not found`,
    );
  }
  const target = new URL(url);
  if (timeoutSeconds !== undefined) target.searchParams.set('timeout', `${timeoutSeconds}s`);
  const options: RequestOptions = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    signal: AbortSignal.timeout((timeoutSeconds ?? 30) * 1000),
    agent: false,
    ...(caBundle !== undefined && { ca: caBundle }),
  };
  let answer: { status: number; text: string };
  try {
    answer = await post(target, options, body);
  } catch (error) {
    const cause = error instanceof Error ? causeOf(error, target.host) : String(error);
    throw new CallFailed(`Post "${target.href}": ${cause}`);
  }
  if (answer.status !== 200) throw new CallFailed(statusText(answer.status, answer.text));
  return answer.text;
};

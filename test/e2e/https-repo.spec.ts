import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GitServer,
  type ServedRepo,
  startGitServer,
  startHub,
  type TestHub,
  until,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap } from './fleet-fixture.ts';

const token = 'a-token-for-the-fleet-repo';
const secret = 'what-webhooks-are-signed-with';

/** The fleet repo where it usually is: on a Git server, over HTTPS, with a token, and with a webhook. */
describe('a hub whose repo is on a server', () => {
  let folder: string;
  let server: GitServer;
  let repo: ServedRepo;
  let hub: TestHub;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-https-'));
    server = await startGitServer({ tls: true, auth: { username: 'muster', password: token } });
    repo = await server.createRepo('fleet');
    await repo.commit({
      'shop/muster.yaml': bundleFile('shop', { selector: '{}' }),
      'shop/manifests/config.yaml': configMap('shop', { greeting: 'hello' }),
    });
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, server.ca!);
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
    hub = await startHub({
      gitUrl: repo.url,
      flags: ['--git-username', 'muster', '--git-token-file', tokenFile, '--git-poll-interval', '1h'],
      env: { NODE_EXTRA_CA_CERTS: ca, MUSTER_WEBHOOK_SECRET: secret },
    });
  });

  afterAll(async () => {
    await hub?.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('reads it with the token, and tells the token to nobody', async () => {
    await until(
      'the first commit',
      () => hub.api.revisions(),
      ([it]) => it?.state === 'Good',
    );
    expect(JSON.stringify(await hub.api.status())).not.toContain(token);
    expect(await hub.program().log()).not.toContain(token);
  });

  it('looks at once when a signed webhook comes', async () => {
    const sha = await repo.commit({
      'shop/manifests/config.yaml': configMap('shop', { greeting: 'good day' }),
    });
    expect(await webhook(secret)).toBe(202);
    await until(
      'the commit',
      () => hub.api.revisions(`sha=${sha}`),
      ([it]) => it?.state === 'Good',
    );
  });

  it('does not listen to a webhook that somebody else signed', async () => {
    const sha = await repo.commit({
      'shop/manifests/config.yaml': configMap('shop', { greeting: 'good night' }),
    });
    expect(await webhook('a guess')).toBe(401);
    expect(await hub.api.revisions(`sha=${sha}`)).toEqual([]);
  });

  it('says what the server said when it refuses, keeps what it has, and follows when it answers again', async () => {
    server.intercept((_, response) => response.writeHead(503).end());
    await hub.api.call('POST', 'sync', {});
    const failed = await until(
      'the error',
      () => hub.api.status(),
      (it) => it.repo.error !== null,
    );
    expect(failed.repo.error).toContain('503');
    expect(failed.bundles.total).toBe(1);
    server.intercept(undefined);
    await hub.api.call('POST', 'sync', {});
    await until(
      'the end of it',
      () => hub.api.status(),
      (it) => it.repo.error === null,
    );
  });

  async function webhook(key: string): Promise<number> {
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const answer = await fetch(`${hub.url}/api/v1/webhooks/git`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
      },
      body,
    });
    return answer.status;
  }
});

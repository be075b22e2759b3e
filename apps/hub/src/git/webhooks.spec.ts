import 'reflect-metadata';
import { expect, test } from 'vitest';
import type { HubConfig } from '../config/settings.ts';
import type { HubRuntime } from '../lifecycle/hub-runtime.ts';
import { createLogger } from '../log.ts';
import { Webhooks } from './webhooks.ts';

test('a file with the webhook secret that went away is named in the log, and to the Git server as what it is', async () => {
  const lines: string[] = [];
  const config = { 'webhook-secret-file': '/nowhere/secret' } as HubConfig;
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const webhooks = new Webhooks({} as HubRuntime, config, Date.now, logger);
  const refused = webhooks.receive({ headers: {}, body: [] }, '127.0.0.1');
  await expect(refused).rejects.toMatchObject({
    status: 500,
    detail: expect.stringContaining('webhook-secret-file') as string,
  });
  await expect(refused).rejects.not.toMatchObject({ detail: expect.stringContaining('/nowhere') as string });
  expect(lines.join('')).toContain("the webhook-secret-file /nowhere/secret can't be read");
});

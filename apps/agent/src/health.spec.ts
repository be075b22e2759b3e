import { describe, expect, it } from 'vitest';
import { parseHealthAddress, serveHealth } from './health.ts';

describe('the health listener', () => {
  it('answers its one question', async () => {
    const { port, close } = await serveHealth({ host: '127.0.0.1', port: 0 });
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
      expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
      expect((await fetch(`http://127.0.0.1:${port}/healthz`, { method: 'POST' })).status).toBe(404);
    } finally {
      await close();
    }
  });

  it.each([
    [':8081', { port: 8081 }],
    ['127.0.0.1:8081', { host: '127.0.0.1', port: 8081 }],
    ['[::1]:8081', { host: '::1', port: 8081 }],
    ['8081', undefined],
    ['::1:8081', undefined],
    ['localhost:99999', undefined],
  ])('is told where to listen by %s', (text, address) => {
    expect(parseHealthAddress(text)).toEqual(address);
  });
});

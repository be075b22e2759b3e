import type { FleetEvent, Pause } from '@muster/api';
import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';

const event: FleetEvent = {
  id: '7',
  at: '2026-11-21T11:58:00.000Z',
  type: 'Paused',
  by: 'admin',
  cluster: null,
  bundle: 'checkout',
  message: 'paused bundle checkout: fire',
};

describe('muster events', () => {
  test('shows the latest, of what is asked for', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [event] } }));
    const { stdout } = await runCli(['events', '--bundle', 'checkout', '--type', 'Paused'], hub);
    expect(stdout).toBe(`AGE   TYPE     CLUSTER   BUNDLE     BY      MESSAGE
2m    Paused             checkout   admin   paused bundle checkout: fire
`);
    expect(hub.requests.map((it) => it.path)).toEqual(['events?bundle=checkout&type=Paused&limit=50']);
  });

  test('are a list as others are', async () => {
    await using hub = await startFakeHub(() => ({ json: { items: [event] } }));
    const { stdout } = await runCli(['get', 'events', '--cluster', 'eu-1', '-o', 'json'], hub);
    expect(JSON.parse(stdout)).toEqual({ items: [event] });
    expect(hub.requests[0]?.path).toContain('events?cluster=eu-1');
  });
});

test('muster get pauses shows what is paused, by whom and why', async () => {
  const pause: Pause = {
    scope: 'All',
    name: '',
    reason: 'fire',
    by: 'admin',
    since: '2026-11-21T11:58:00.000Z',
  };
  await using hub = await startFakeHub(() => ({ json: { items: [pause] } }));
  expect((await runCli(['get', 'pauses'], hub)).stdout).toBe(`SCOPE   NAME   AGE   BY      REASON
All            2m    admin   fire
`);
});

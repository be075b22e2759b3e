import { join } from 'node:path';
import { until } from '@muster/testing';
import { openStore } from '@muster/store';
import { renew } from '@muster/transport';
import { expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

test('an agent whose cluster an older backup does not have is kept waiting, and not told to stop', async () => {
  const fleet = await TestFleet.start(bundleFiles('checkout', {}));
  try {
    const agent = await fleet.join('eu-1');
    await agent.desiredWhere('a desired state', () => true);
    const { sessions, enrolment } = fleet.hub.ports;
    await fleet.hub.close();
    const store = await openStore({ dataDir: join(fleet.folder, 'data') });
    for (const table of ['assignments', 'desired_states', 'clusters'])
      await store.sql.rows(`delete from ${table}`);
    await store.close();
    await fleet.startHub(['--session-port', `${sessions}`, '--enrolment-port', `${enrolment}`]);

    agent.close();
    agent.connect();
    await until(
      'a refusal that names the backup',
      async () => agent.disconnected,
      (it) => it.some((reason) => reason.includes('restored from a backup')),
    );
    expect(agent.removed).toEqual([]);
    const refused = renew(`127.0.0.1:${enrolment}`, agent.identity);
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('backup') as string });
    // PERMISSION_DENIED is what agents take for their removal.
    await expect(refused).rejects.not.toMatchObject({ code: 7 });
    expect(fleet.log.join('')).toContain('refused a session: this hub doesn');
    agent.close();
  } finally {
    await fleet.stop();
  }
});

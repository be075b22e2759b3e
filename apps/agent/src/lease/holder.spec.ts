import { describe, expect, it } from 'vitest';
import { currentHolder } from './holder.ts';

describe('the holder of a Lease', () => {
  it('in a pod knows that an earlier process of the same pod is dead', async () => {
    const holder = await currentHolder('uid-1');
    expect(await holder.isDead('pod/uid-1/earlier')).toBe(true);
    expect(await holder.isDead('pod/uid-2/other')).toBe(false);
    expect(await holder.isDead(holder.identity)).toBe(false);
  });

  it('on a machine knows its own process to be alive, and one that is not there to be dead', async () => {
    const { identity, isDead } = await currentHolder(undefined);
    if (identity.split('/').length < 6) return;
    expect(await isDead(identity)).toBe(false);
    expect(await isDead(identity.replace(/\/\d+\/\d+$/, '/999999999/1'))).toBe(true);
    expect(await isDead('host/elsewhere/boot/1/2/3')).toBe(false);
  });
});

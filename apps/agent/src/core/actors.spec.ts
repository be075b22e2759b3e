import { createKubeClient } from '@muster/kube';
import { afterEach, describe, expect, it } from 'vitest';
import { Actors } from './actors.ts';

describe('who writes for a bundle', () => {
  const kube = createKubeClient({ server: 'http://127.0.0.1:1' });
  const asked: string[] = [];
  const spied = {
    ...kube,
    as: (account: { readonly namespace: string; readonly name: string }) => {
      asked.push(`${account.namespace}/${account.name}`);
      return kube.as(account);
    },
  };

  afterEach(() => {
    asked.length = 0;
  });

  it('is the agent, where no service account is named', () => {
    const actors = new Actors(spied);
    expect(actors.clientFor({ namespace: 'shop' })).toBe(spied);
    expect(actors.clientFor(undefined)).toBe(spied);
    expect(asked).toEqual([]);
  });

  it('is the service account of the bundle’s own namespace, by one client for all its objects', () => {
    const actors = new Actors(spied);
    const first = actors.clientFor({ namespace: 'shop', serviceAccount: 'deployer' });
    expect(actors.clientFor({ namespace: 'shop', serviceAccount: 'deployer' })).toBe(first);
    actors.clientFor({ namespace: 'pay', serviceAccount: 'deployer' });
    actors.clientFor({ serviceAccount: 'deployer' });
    expect(asked).toEqual(['shop/deployer', 'pay/deployer', 'default/deployer']);
  });
});

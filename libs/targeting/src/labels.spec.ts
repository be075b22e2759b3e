import { expect, test } from 'vitest';
import { mergeLabels } from './labels.ts';

test('Git goes before the register, and that before the join token', () => {
  const merged = mergeLabels({
    token: { env: 'dev', tier: 'low', region: 'eu' },
    register: { env: 'staging', tier: 'high' },
    git: { env: 'production' },
  });
  expect(merged).toEqual({
    labels: { env: 'production', region: 'eu', tier: 'high' },
    sources: { env: 'git', region: 'token', tier: 'register' },
  });
});

test('a cluster that nobody gave labels has none', () => {
  expect(mergeLabels({})).toEqual({ labels: {}, sources: {} });
});

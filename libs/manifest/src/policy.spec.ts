import { describe, expect, test } from 'vitest';
import { requiredFeatures } from './policy-features.ts';
import { decodePolicy, encodePolicy } from './policy.ts';
import type { Policy } from './policy.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const whole: Policy = {
  namespace: 'checkout',
  prune: false,
  drift: 'Notify',
  onRemoval: 'Orphan',
  conflicts: 'Fail',
  adopted: 'Prune',
  serviceAccount: 'deployer',
  healthTimeoutS: 60,
  dependsOn: [{ bundle: 'cert-manager' }, { bundle: 'mesh', optional: true }],
  ignoreDifferences: [
    { target: { kind: 'Deployment' }, fields: ['/spec/replicas'] },
    { managers: ['vpa-recommender'] },
  ],
  health: [{ target: { group: 'example.com', kind: 'Widget' }, healthy: 'object.status.ready' }],
};

describe('a policy', () => {
  test('comes back as it went', () => {
    expect(decodePolicy(encodePolicy(whole))).toEqual({ ok: true, value: whole });
  });

  test('is the same bytes in whatever order its fields were set', () => {
    const turned = Object.fromEntries(Object.entries(whole).reverse()) as Policy;
    expect(Buffer.from(encodePolicy(turned)).toString()).toBe(Buffer.from(encodePolicy(whole)).toString());
  });

  test('says nothing of what is as by default', () => {
    expect(Buffer.from(encodePolicy({ namespace: 'shop' })).toString()).toBe(
      '{"namespace":"shop","version":1}',
    );
  });

  test('of a newer hub is read without the fields that are not known here', () => {
    expect(decodePolicy(bytesOf('{"version":1,"namespace":"shop","moon":"full"}'))).toEqual({
      ok: true,
      value: { namespace: 'shop' },
    });
  });

  test('with a value that is not understood is refused, for its default would be another', () => {
    expect(decodePolicy(bytesOf('{"version":1,"drift":"Shout"}'))).toEqual({
      ok: false,
      reason: 'invalid',
      problem: "the policy's field drift cannot be read",
    });
  });
});

describe('the features that a policy asks for', () => {
  test('are those of the fields which it has', () => {
    expect(requiredFeatures({ namespace: 'shop' })).toEqual(['manifests/v1']);
    expect(requiredFeatures(whole)).toEqual([
      'depends-on/v1',
      'health-rules/v1',
      'ignore-differences/v1',
      'impersonation/v1',
      'manifests/v1',
      'sync-options/v1',
    ]);
  });
});

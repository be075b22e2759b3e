import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from './code-points.ts';
import { desiredState, missingFeatures, problemsOfDesiredState, sameContent } from './desired-state.ts';
import { digestOf, isDigest } from './digest.ts';
import { decodeManifest, encodeManifest } from './manifest.ts';
import { readObjectHeader } from './object-header.ts';
import { objectId, parseApiVersion, parseObjectId } from './object-id.ts';
import { decodePolicy, encodePolicy } from './policy.ts';
import { compareVersions, formatVersion, parseVersion } from './version.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const digest = digestOf(bytes('a'), sha256);

describe('a manifest', () => {
  it('has one byte form', () => {
    expect(text(encodeManifest([digest]))).toBe(`{"version":1,"objects":["${digest}"]}`);
    expect(decodeManifest(encodeManifest([digest]))).toEqual({ ok: true, value: { objects: [digest] } });
  });

  it('of a newer version is told from a broken one', () => {
    expect(decodeManifest(bytes('{"version":2}'))).toEqual({
      ok: false,
      reason: 'unknown-version',
      version: 2,
    });
    expect(decodeManifest(bytes('{"version":1,"objects":["x"]}'))).toMatchObject({ reason: 'invalid' });
    expect(decodeManifest(bytes('nonsense'))).toMatchObject({
      reason: 'invalid',
      problem: 'the manifest is not JSON',
    });
  });
});

describe('a policy', () => {
  it('has one byte form, and reads what a newer hub added as if it were not there', () => {
    expect(text(encodePolicy({ namespace: 'checkout' }))).toBe('{"namespace":"checkout","version":1}');
    expect(text(encodePolicy({}))).toBe('{"version":1}');
    expect(decodePolicy(bytes('{"later":true,"namespace":"a","version":1}'))).toEqual({
      ok: true,
      value: { namespace: 'a' },
    });
    expect(decodePolicy(bytes('{"namespace":"A","version":1}'))).toMatchObject({ reason: 'invalid' });
  });
});

describe('a version', () => {
  it('is ordered by epoch, then by generation', () => {
    const version = fc.record({
      epoch: fc.bigInt({ min: 0n, max: 3n }),
      generation: fc.bigInt({ min: 0n, max: 2n ** 64n }),
    });
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        expect(parseVersion(formatVersion(a))).toEqual(a);
      }),
    );
    expect(compareVersions({ epoch: 2n, generation: 1n }, { epoch: 1n, generation: 9n })).toBe(1);
  });
});

describe('an object', () => {
  it('is named without its version', () => {
    const key = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
    expect(objectId(key)).toBe('apps/Deployment/shop/web');
    expect(parseObjectId('apps/Deployment/shop/web')).toEqual(key);
    expect(parseObjectId('/Namespace//shop')).toEqual({
      group: '',
      kind: 'Namespace',
      namespace: '',
      name: 'shop',
    });
    expect(parseObjectId('Namespace/shop')).toBeUndefined();
    expect(parseApiVersion('v1')).toEqual({ group: '', version: 'v1' });
    expect(parseApiVersion('apps/v1')).toEqual({ group: 'apps', version: 'v1' });
  });

  it('tells its header without the rest being parsed', () => {
    const json =
      '{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"a":"\\"1\\""},"name":"p"},"spec":{"n":1}}';
    expect(readObjectHeader(bytes(json))).toEqual({
      ok: true,
      value: {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'p',
        namespace: '',
        labels: {},
        annotations: { a: '"1"' },
      },
    });
    expect(readObjectHeader(bytes('{"apiVersion":"v1","kind":"Pod","metadata":{}}'))).toMatchObject({
      problem: 'the Pod has no metadata.name',
    });
  });

  it('has a digest that reads as one', () => {
    expect(isDigest(digest)).toBe(true);
    expect(isDigest('sha256:abc')).toBe(false);
  });
});

describe('a desired state', () => {
  const assignment = (bundle: string) => ({
    bundle,
    manifestDigest: digest,
    policy: encodePolicy({}),
    revision: 'c0ffee',
    requiredFeatures: ['manifests/v1'],
    paused: false,
  });
  const version = { epoch: 1n, generation: 1n };

  it('is the same in whatever order it was put together', () => {
    const a = desiredState({ version, assignments: [assignment('a'), assignment('b')] });
    const b = desiredState({
      version: { epoch: 1n, generation: 2n },
      assignments: [assignment('b'), assignment('a')],
    });
    expect(sameContent(a, b)).toBe(true);
    expect(sameContent(a, desiredState({ ...b, paused: true }))).toBe(false);
    expect(sameContent(a, desiredState({ ...b, deletionConsents: ['a'] }))).toBe(false);
  });

  it('says what is wrong with it', () => {
    const state = desiredState({ version, assignments: [assignment('a'), assignment('a'), assignment('B')] });
    expect(problemsOfDesiredState(state)).toEqual([
      'bundle "B" is not a DNS label',
      'bundle a is assigned twice',
    ]);
  });

  it('tells which features a reader lacks', () => {
    expect(missingFeatures(assignment('a'), new Set(['manifests/v1']))).toEqual([]);
    expect(missingFeatures(assignment('a'), new Set())).toEqual(['manifests/v1']);
  });
});

describe('code points', () => {
  it('are ordered as UTF-8 bytes are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(
          Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      }),
    );
  });
});

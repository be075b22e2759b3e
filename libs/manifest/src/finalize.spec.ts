import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from './code-points.ts';
import { finalizeObject } from './finalize.ts';
import type { Finalization } from './finalize.ts';

const finalization: Finalization = {
  namespace: 'checkout',
  fleet: 'f1',
  bundle: 'web',
  objectId: '/ConfigMap/checkout/a',
};

function finalize(json: string, overrides: Partial<Finalization> = {}): string {
  const result = finalizeObject(new TextEncoder().encode(json), { ...finalization, ...overrides });
  return result.ok ? new TextDecoder().decode(result.bytes) : `problem: ${result.problem}`;
}

const marked =
  '"annotations":{"muster.dev/object":"/ConfigMap/checkout/a"},"labels":{"muster.dev/bundle":"web","muster.dev/fleet":"f1"}';

describe('finalizing an object', () => {
  it('adds namespace, labels and annotation, keys sorted', () => {
    expect(finalize('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}')).toBe(
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{${marked},"name":"a","namespace":"checkout"}}`,
    );
  });

  it('keeps the namespace that the object names, and drops one where the kind has none', () => {
    expect(finalize('{"metadata":{"name":"a","namespace":"own"}}')).toContain('"namespace":"own"');
    expect(finalize('{"metadata":{"name":"a","namespace":"own"}}', { namespace: null })).not.toContain(
      'namespace',
    );
  });

  it('puts its marks between the labels that are there, and over a copied one', () => {
    const result = finalize(
      '{"metadata":{"labels":{"app":"x","muster.dev/fleet":"other","zone":"z"},"name":"a"}}',
    );
    expect(result).toContain(
      '"labels":{"app":"x","muster.dev/bundle":"web","muster.dev/fleet":"f1","zone":"z"}',
    );
  });

  it('keeps integers beyond 2^53 and the spelling of numbers', () => {
    const spec = '"spec":{"a":9007199254740993,"b":1.0,"c":1e+3,"d":"\\u0000\\"}"}';
    expect(finalize(`{"metadata":{"name":"a"},${spec}}`)).toContain(spec);
  });

  it('takes labels that are null for none', () => {
    expect(finalize('{"metadata":{"annotations":null,"labels":null,"name":"a"}}')).toBe(
      `{"metadata":{${marked},"name":"a","namespace":"checkout"}}`,
    );
  });

  it('folds stringData of a Secret into data, stringData winning', () => {
    const result = finalize(
      '{"apiVersion":"v1","data":{"a":"b2xk","z":"eg=="},"kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"new","k":"ü"}}',
    );
    expect(result).toContain('"data":{"a":"bmV3","k":"w7w=","z":"eg=="}');
    expect(result).not.toContain('stringData');
    expect(() => JSON.parse(result) as unknown).not.toThrow();
  });

  it('leaves the rules of an aggregated ClusterRole to the controller that fills them, and no others', () => {
    const role = (kind: string, aggregation: string): string =>
      `{${aggregation}"apiVersion":"rbac.authorization.k8s.io/v1","kind":"${kind}","metadata":{"name":"a"},"rules":[]}`;
    const rule = '"aggregationRule":{"clusterRoleSelectors":[]},';
    expect(finalize(role('ClusterRole', rule))).not.toContain('"rules"');
    expect(finalize(role('ClusterRole', rule))).toContain(rule);
    expect(() => JSON.parse(finalize(role('ClusterRole', rule))) as unknown).not.toThrow();
    expect(finalize(role('ClusterRole', ''))).toContain('"rules":[]');
    expect(finalize(role('ClusterRole', '"aggregationRule":null,'))).toContain('"rules":[]');
    expect(finalize(role('Role', rule))).toContain('"rules":[]');
  });

  it('makes data where a Secret has only stringData', () => {
    expect(
      finalize(
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"x"},"type":"Opaque"}',
      ),
    ).toBe(
      `{"apiVersion":"v1","data":{"a":"eA=="},"kind":"Secret","metadata":{${marked},"name":"a","namespace":"checkout"},"type":"Opaque"}`,
    );
  });

  it("leaves another kind's stringData alone", () => {
    expect(
      finalize('{"apiVersion":"v2","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"x"}}'),
    ).toContain('"stringData":{"a":"x"}');
  });

  it.each([
    ['[]', 'the object is not a JSON object'],
    ['{"kind":"ConfigMap"}', 'the object has no metadata'],
    ['{"metadata":{"labels":[]}}', 'metadata.labels is not an object'],
    ['{"metadata":{"labels":{}', 'the object is not valid JSON'],
    [
      '{"apiVersion":"v1","kind":"Secret","metadata":{},"stringData":{"password":7}}',
      'a value of stringData is not a string',
    ],
  ])('says what is wrong with %s', (json, expected) => {
    expect(finalize(json)).toBe(`problem: ${expected}`);
  });

  it('changes nothing but its marks, whatever the object', () => {
    const strings = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    const anyObject = fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constantFrom('ConfigMap', 'Secret'),
      metadata: fc.record(
        { name: fc.string(), labels: strings, annotations: strings },
        { requiredKeys: ['name'] },
      ),
      spec: fc.jsonValue(),
    });
    fc.assert(
      fc.property(anyObject, (object) => {
        const expected = structuredClone(object) as Record<string, unknown> & {
          metadata: Record<string, unknown>;
        };
        expected.metadata = {
          ...object.metadata,
          namespace: 'checkout',
          labels: { ...object.metadata.labels, 'muster.dev/fleet': 'f1', 'muster.dev/bundle': 'web' },
          annotations: { ...object.metadata.annotations, 'muster.dev/object': finalization.objectId },
        };
        const result = finalize(printCanonical(object));
        expect(result).toBe(printCanonical(expected));
        expect(finalize(result)).toBe(result);
      }),
    );
  });
});

function printCanonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printCanonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${printCanonical(inner)}`).join(',')}}`;
}

import { expect, test } from 'vitest';
import { fleetJsonSchemas } from './json-schema.ts';

test("the editors' schema says what each kind may hold", () => {
  const { kinds, fleetFile } = fleetJsonSchemas();
  expect(Object.keys(kinds)).toEqual(['Bundle', 'Cluster', 'ClusterGroup', 'Fleet']);
  expect(kinds.Cluster).toMatchObject({
    title: 'Cluster',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      metadata: { properties: { name: { type: 'string', pattern: expect.any(String) as string } } },
    },
  });
  expect(fleetFile).toMatchObject({
    properties: { kind: { enum: ['Bundle', 'Cluster', 'ClusterGroup', 'Fleet'] } },
  });
  expect(JSON.parse(JSON.stringify(fleetFile))).toEqual(fleetFile);
});

test("the editors' schema knows the choices of sync, for bundles and for the Fleet", () => {
  const sync = {
    additionalProperties: false,
    properties: {
      prune: { type: 'boolean' },
      drift: { enum: ['Correct', 'Notify'] },
      healthTimeout: { type: 'string', pattern: expect.any(String) as string },
    },
  };
  const { Bundle, Fleet } = fleetJsonSchemas().kinds;
  expect(Bundle).toMatchObject({
    properties: { spec: { properties: { sync, dependsOn: { type: 'array' } } } },
  });
  expect(Fleet).toMatchObject({
    properties: { spec: { properties: { defaults: { properties: { sync, ignoreDifferences: {} } } } } },
  });
});

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

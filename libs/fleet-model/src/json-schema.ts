import { z } from 'zod';
import { API_VERSION, DOCUMENTS } from './schema.ts';
import type { FleetKind } from './schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface FleetJsonSchemas {
  readonly kinds: Readonly<Record<FleetKind, JsonSchema>>;
  /** Of any document of a fleet file: what an editor binds to `muster.yaml` and `*.muster.yaml`. */
  readonly fleetFile: JsonSchema;
}

/** JSON Schemas (draft 7, which editors know best) from the same definitions that `parseFleet` checks by. */
export function fleetJsonSchemas(): FleetJsonSchemas {
  const kinds: Record<FleetKind, JsonSchema> = {
    Bundle: schemaOf('Bundle'),
    Cluster: schemaOf('Cluster'),
    ClusterGroup: schemaOf('ClusterGroup'),
    Fleet: schemaOf('Fleet'),
  };
  return {
    kinds,
    fleetFile: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'A fleet file of Muster',
      type: 'object',
      required: ['apiVersion', 'kind'],
      properties: { apiVersion: { const: API_VERSION }, kind: { enum: Object.keys(DOCUMENTS) } },
      // One branch by kind, and not oneOf: so an editor reports what is wrong instead of "matches none".
      allOf: Object.entries(kinds).map(([kind, schema]) => ({
        if: { properties: { kind: { const: kind } }, required: ['kind'] },
        then: schema,
      })),
    },
  };
}

function schemaOf(kind: FleetKind): JsonSchema {
  const {
    $schema: _,
    '~standard': __,
    ...schema
  } = z.toJSONSchema(DOCUMENTS[kind], { target: 'draft-7', io: 'input' });
  return { title: kind, ...schema };
}

import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Gathers the schemas that have a name, so that the document says each once. */
export class SchemaBook {
  readonly #named = new Map<string, JsonSchema>();

  /** Of what a client sends (`input`) or gets (`output`). */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // In an object of its own, since a named schema at the root would be spelled out and not named.
    const document = z.toJSONSchema(z.object({ it: schema }), {
      io,
      override: ({ jsonSchema }) => {
        // Answers may gain fields; a client that refuses unknown ones would break by it.
        if (io === 'output' && jsonSchema.additionalProperties === false)
          delete jsonSchema.additionalProperties;
      },
    }) as unknown as {
      readonly properties: { readonly it: JsonSchema };
      readonly $defs?: Record<string, JsonSchema>;
    };
    for (const [name, definition] of Object.entries(document.$defs ?? {})) {
      this.#named.set(name, inComponents(definition));
    }
    return inComponents(document.properties.it);
  }

  components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function inComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}

import { describe, expect, it } from 'vitest';
import { openApiDocument } from './document.ts';
import { operations } from './operations.ts';

const document = openApiDocument('1.2.3') as {
  readonly paths: Record<string, Record<string, { readonly parameters?: { readonly name: string }[] }>>;
  readonly components: { readonly schemas: Record<string, { readonly additionalProperties?: unknown }> };
};

describe('the OpenAPI document', () => {
  it('refers only to schemas that it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference!,
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      const name = reference.replace('#/components/schemas/', '');
      expect(Object.keys(document.components.schemas), reference).toContain(name);
    }
  });

  it('names each operation once', () => {
    const ids = operations.map((it) => it.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lists the filters, order and paging of a list', () => {
    const names = document.paths['/api/v1/bundles']?.['get']?.parameters?.map((it) => it.name);
    expect(names).toEqual([
      'name',
      'state',
      'sync',
      'health',
      'paused',
      'labelSelector',
      'sort',
      'limit',
      'page',
    ]);
    const without = document.paths['/api/v1/revisions']?.['get']?.parameters?.map((it) => it.name);
    expect(without).not.toContain('labelSelector');
  });

  it('lets answers gain fields, and requests not', () => {
    expect(document.components.schemas['Cluster']?.additionalProperties).toBeUndefined();
    const body = JSON.stringify(document.paths['/api/v1/clusters/{name}/labels']?.['post']);
    expect(body).toContain('"additionalProperties":false');
  });
});

import { describe, expect, it } from 'vitest';
import { Registry } from '../registry/registry.ts';
import { fieldSelector } from './field-selector.ts';
import { labelSelector } from './label-selector.ts';

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front' };
  it.each([
    { text: '', matches: true },
    { text: 'app=web', matches: true },
    { text: 'app==web,tier!=back', matches: true },
    { text: 'app in (web, db),!canary', matches: true },
    { text: 'app notin (web)', matches: false },
    { text: 'canary notin (true)', matches: true },
    { text: 'canary', matches: false },
    { text: 'app=db', matches: false },
  ])('"$text": $matches', ({ text, matches }) => {
    expect(labelSelector(text)(labels)).toBe(matches);
  });

  it('that can’t be read is a bad request', () => {
    expect(() => labelSelector('a b c')).toThrow(expect.objectContaining({ code: 400 }));
  });
});

describe('a field selector', () => {
  const pods = new Registry().find('', 'v1', 'pods')!;
  const pod = { metadata: { name: 'one', namespace: 'shop' }, status: { phase: 'Running' } };

  it('knows names, namespaces, and what the kind is indexed by', () => {
    expect(fieldSelector(pods, 'metadata.name=one,status.phase!=Pending')(pod)).toBe(true);
    expect(fieldSelector(pods, 'metadata.namespace=other')(pod)).toBe(false);
  });

  it('by any other field is a bad request', () => {
    expect(() => fieldSelector(pods, 'spec.priority=1')).toThrow('field label not supported: spec.priority');
  });
});

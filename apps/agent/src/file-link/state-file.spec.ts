import { describe, expect, it } from 'vitest';
import { readStateFile } from './state-file.ts';

const next = () => ({ epoch: 1n, generation: 9n });

describe('a desired state in a file', () => {
  it('keeps objects as the bytes that they are', () => {
    const object = '{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"n":9007199254740993,"f":1.0}';
    const read = readStateFile(
      Buffer.from(`{"fleet":"f","assignments":[{"bundle":"b","objects":[ ${object} ]}]}`),
      next,
    );
    expect([...read.blobs.values()].map((blob) => Buffer.from(blob).toString())).toContain(object);
    expect(read.state).toMatchObject({ version: next(), assignments: [{ bundle: 'b', paused: false }] });
  });

  it('that is no JSON object is refused', () => {
    expect(() => readStateFile(Buffer.from('[]'), next)).toThrow('not a JSON object');
  });
});

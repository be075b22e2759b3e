import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnnouncementAssembler, splitAnnouncement } from './announcement.ts';
import { BlobReader, encodeBlob, verifyBlob } from './blobs.ts';
import { ProtocolError } from './errors.ts';

function stateOf(generation: bigint, bytes: Uint8Array) {
  return { version: { epoch: 1n, generation }, bytes, digest: createHash('sha256').update(bytes).digest() };
}

describe('announcements', () => {
  it('come back whole from parts of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, chunk) => {
        const parts = splitAnnouncement(stateOf(1n, bytes), chunk);
        expect(parts.every((part) => part.data.length <= chunk)).toBe(true);
        const assembler = new AnnouncementAssembler();
        const results = parts.map((part) => assembler.add(part));
        expect(results.slice(0, -1).every((result) => result === undefined)).toBe(true);
        expect(Buffer.compare(results.at(-1)!.bytes, bytes)).toBe(0);
      }),
    );
  });

  it('that were left unfinished do not spoil the next', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(20),
        (older, newer, sent) => {
          const assembler = new AnnouncementAssembler();
          for (const part of splitAnnouncement(stateOf(1n, older), 7).slice(0, -1).slice(0, sent))
            assembler.add(part);
          const results = splitAnnouncement(stateOf(2n, newer), 7).map((part) => assembler.add(part));
          expect(results.at(-1)?.version.generation).toBe(2n);
          expect(Buffer.compare(results.at(-1)!.bytes, newer)).toBe(0);
        },
      ),
    );
  });

  it('that are not what their digest says are refused', () => {
    const [part] = splitAnnouncement(stateOf(1n, Buffer.from('state')));
    const changed = { ...part!, data: Buffer.from('stale') };
    expect(() => new AnnouncementAssembler().add(changed)).toThrow(ProtocolError);
  });

  it('that never end are refused when they are too large', () => {
    const assembler = new AnnouncementAssembler();
    const part = {
      version: { epoch: 1n, generation: 1n },
      data: Buffer.alloc(1 << 20),
      last: false,
      digest: Buffer.alloc(32),
    };
    expect(() => {
      for (let index = 0; index < 20; index++) assembler.add(part);
    }).toThrow(/larger than/);
  });
});

describe('fetched blobs', () => {
  it('come back from a stream that was cut anywhere', () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 8 });
    fc.assert(
      fc.property(blobs, fc.integer({ min: 1, max: 40 }), (contents, cut) => {
        const stream = Buffer.concat(contents.map((content) => encodeBlob(digestOf(content), content)));
        const reader = new BlobReader();
        const read = [];
        for (let at = 0; at < stream.length; at += cut)
          read.push(...reader.read(stream.subarray(at, at + cut)));
        reader.end();
        read.forEach(verifyBlob);
        expect(read.map(({ data }) => data.toString('hex'))).toEqual(
          contents.map((content) => Buffer.from(content).toString('hex')),
        );
      }),
    );
  });

  it('that are cut short, endless or too large are refused', () => {
    const cut = new BlobReader();
    expect([...cut.read(encodeBlob(digestOf(Buffer.from('x')), Buffer.from('x')).subarray(0, 20))]).toEqual(
      [],
    );
    expect(() => cut.end()).toThrow(/cut short/);
    expect(() => [...new BlobReader().read(Buffer.alloc(10, 0xff))]).toThrow(ProtocolError);
    expect(() => [...new BlobReader().read(Buffer.from('ffffff7f', 'hex'))]).toThrow(/too large/);
  });
});

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

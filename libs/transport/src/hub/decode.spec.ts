import { ConnectRequest } from '@muster/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../shared/errors.ts';
import { decodeRequest } from './decode.ts';

describe('decodeRequest', () => {
  it('reads what an agent may say', () => {
    const message = ConnectRequest.fromPartial({
      message: {
        $case: 'report',
        value: { sequence: 1n, assignments: [{ bundle: 'web', warnings: ['w'] }] },
      },
    });
    expect(decodeRequest(Buffer.from(ConnectRequest.encode(message).finish()))).toEqual(message);
  });

  it('refuses a small message that would be large in memory, before it decodes it', () => {
    // Field 3 (report) with half a million empty elements of field 2 (assignments).
    const empty = Buffer.alloc(1_000_000, Buffer.from([0x12, 0x00]));
    const report = Buffer.concat([Buffer.from([0x1a, 0xc0, 0x84, 0x3d]), empty]);
    expect(() => decodeRequest(report)).toThrow('more than 5000 assignments in a message');
  });

  it('counts what is said in several parts as one', () => {
    const report = Buffer.from([0x1a, 0x02, 0x12, 0x00]);
    expect(() => decodeRequest(Buffer.concat([report, report]))).toThrow('more than 1 reports in a message');
  });

  it('fails in no other way than by a ProtocolError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeRequest(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

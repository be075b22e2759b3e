import { createHash } from 'node:crypto';
import type { Announcement, Version } from '@muster/contracts';
import type { DesiredStateBytes } from '../port.ts';
import { ProtocolError } from './errors.ts';
import { CHUNK_BYTES, MAX_DESIRED_STATE_BYTES } from './limits.ts';

/** A desired state in parts that fit a message; at least one. */
export function splitAnnouncement(state: DesiredStateBytes, chunkBytes = CHUNK_BYTES): Announcement[] {
  const parts: Announcement[] = [];
  let offset = 0;
  do {
    const end = Math.min(offset + chunkBytes, state.bytes.length);
    parts.push({
      version: state.version,
      data: Buffer.from(state.bytes.buffer, state.bytes.byteOffset + offset, end - offset),
      last: end === state.bytes.length,
      digest: Buffer.from(state.digest),
    });
    offset = end;
  } while (offset < state.bytes.length);
  return parts;
}

/**
 * Puts announcements together again. A part with another digest or version begins anew: the hub drops what it hadn't
 * sent when something newer came.
 */
export class AnnouncementAssembler {
  #parts: Uint8Array[] = [];
  #size = 0;
  #of = '';

  /** The whole state with its last part, verified; @throws ProtocolError when it isn't what its digest says. */
  add(part: Announcement): DesiredStateBytes | undefined {
    const of = `${versionText(part.version)} ${part.digest.toString('hex')}`;
    if (of !== this.#of) this.#begin(of);
    this.#size += part.data.length;
    if (this.#size > MAX_DESIRED_STATE_BYTES) {
      this.#begin('');
      throw new ProtocolError(`an announced desired state is larger than ${MAX_DESIRED_STATE_BYTES} bytes`);
    }
    this.#parts.push(part.data);
    if (!part.last) return undefined;
    const bytes = Buffer.concat(this.#parts);
    this.#begin('');
    if (part.version === undefined) throw new ProtocolError('an announcement has no version');
    if (!createHash('sha256').update(bytes).digest().equals(part.digest)) {
      throw new ProtocolError(
        `the announced desired state ${versionText(part.version)} does not have its digest`,
      );
    }
    return { version: part.version, bytes, digest: part.digest };
  }

  #begin(of: string): void {
    this.#parts = [];
    this.#size = 0;
    this.#of = of;
  }
}

export function versionText(version: Version | undefined): string {
  return version === undefined ? 'none' : `${version.epoch}.${version.generation}`;
}

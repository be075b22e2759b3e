/**
 * The protocol of the render worker, as `worker/internal/wire` has it: a frame is the length of a header and the length
 * of a body (four bytes each, big endian), the header in JSON, and the body: raw bytes, cut by sizes in the header.
 */
export interface HelloFrame {
  readonly type: 'hello';
  readonly protocol: number;
  readonly engineVersion: string;
  readonly limits: RenderLimits;
}

/** What one render may take and give; the worker names them, so that they are written in one place. */
export interface RenderLimits {
  readonly files: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly objects: number;
  readonly problems: number;
}

export interface ObjectHeader {
  readonly size: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly document: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly images?: readonly string[];
}

export interface ProblemHeader {
  readonly path: string;
  readonly document?: number;
  readonly line?: number;
  readonly message: string;
}

export type WorkerFrame =
  | HelloFrame
  | { readonly type: 'rendered'; readonly id: number; readonly objects?: readonly ObjectHeader[] }
  | { readonly type: 'refused'; readonly id: number; readonly problems?: readonly ProblemHeader[] };

export interface RequestFrame {
  readonly type: 'render' | 'cancel';
  readonly id: number;
  readonly source?: {
    readonly kind: 'manifests';
    readonly files: readonly { readonly path: string; readonly size: number }[];
  };
}

export const protocolVersion = 1;
const lengthsSize = 8;
const maxHeader = 32 * 1024 * 1024;
const maxBody = 256 * 1024 * 1024;

export function frameHead(header: RequestFrame, bodySize: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(lengthsSize);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(bodySize, 4);
  return Buffer.concat([lengths, text]);
}

/** Puts frames together from chunks as they come; throws when a frame is larger than any worker would send. */
export class FrameReader {
  readonly #onFrame: (frame: WorkerFrame, body: Buffer) => void;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(onFrame: (frame: WorkerFrame, body: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let frame = this.#next(); frame !== undefined; frame = this.#next())
      this.#onFrame(frame.header, frame.body);
  }

  #next(): { header: WorkerFrame; body: Buffer } | undefined {
    if (this.#size < lengthsSize) return undefined;
    if (this.#chunks[0]!.length < lengthsSize) this.#join();
    const headerSize = this.#chunks[0]!.readUInt32BE(0);
    const bodySize = this.#chunks[0]!.readUInt32BE(4);
    if (headerSize > maxHeader || bodySize > maxBody) {
      throw new Error(`the render worker sent a frame of ${headerSize} + ${bodySize} bytes`);
    }
    const end = lengthsSize + headerSize + bodySize;
    if (this.#size < end) return undefined;
    const all = this.#join();
    const bodyStart = lengthsSize + headerSize;
    const header = JSON.parse(all.toString('utf8', lengthsSize, bodyStart)) as WorkerFrame;
    this.#chunks = [all.subarray(end)];
    this.#size -= end;
    return { header, body: all.subarray(bodyStart, end) };
  }

  #join(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { RenderWorkerError } from './errors.ts';
import type { RenderOutcome, RenderProblem, RenderRequest, RenderedObject } from './port.ts';
import {
  FrameReader,
  type HelloFrame,
  type ObjectHeader,
  type WorkerFrame,
  frameHead,
  protocolVersion,
} from './wire.ts';

export interface WorkerEvents {
  onOutcome(id: number, outcome: RenderOutcome): void;
  /** Once, however it died; nothing is heard from it afterwards. */
  onExit(reason: string, hadStarted: boolean): void;
}

const stderrKept = 2000;

/** One running worker: sends renders, hands on outcomes. It knows no queue, no time limits and no second try. */
export class WorkerProcess {
  readonly hello: Promise<HelloFrame>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #events: WorkerEvents;
  #greet!: (hello: HelloFrame) => void;
  #failHello!: (error: Error) => void;
  #stderr = '';
  #greeted = false;
  #dead = false;

  constructor(path: string, memoryMib: number, events: WorkerEvents) {
    this.#events = events;
    this.hello = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#failHello = reject;
    });
    this.hello.catch(() => undefined);
    // No environment: what a render gives depends on nothing but its input.
    this.#child = spawn(path, [`--memory-mib=${memoryMib}`], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
    });
    const reader = new FrameReader((frame, body) => this.#take(frame, body));
    this.#child.stdout.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.kill(error instanceof Error ? error.message : String(error));
      }
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(0, stderrKept);
    });
    this.#child.stdin.on('error', () => undefined); // the exit tells more
    this.#child.on('error', (error) => this.#died(error.message));
    this.#child.on('close', (code, signal) =>
      this.#died(`it ended with ${signal ?? `code ${code}`} ${this.#stderr}`.trim()),
    );
  }

  send(id: number, request: RenderRequest): void {
    const files = request.files.map(({ path, data }) => ({ path, size: data.length }));
    const bodySize = files.reduce((sum, { size }) => sum + size, 0);
    this.#child.stdin.cork();
    this.#child.stdin.write(
      frameHead({ type: 'render', id, source: { kind: request.kind, files } }, bodySize),
    );
    for (const { data } of request.files) if (data.length > 0) this.#child.stdin.write(data);
    this.#child.stdin.uncork();
  }

  cancel(id: number): void {
    this.#child.stdin.write(frameHead({ type: 'cancel', id }, 0));
  }

  kill(reason: string): void {
    this.#child.kill('SIGKILL');
    this.#died(reason);
  }

  /** Lets it end by itself; resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.stdin.end();
    await gone;
  }

  #take(frame: WorkerFrame, body: Buffer): void {
    if (this.#dead) return;
    switch (frame.type) {
      case 'hello':
        this.#greeted = frame.protocol === protocolVersion;
        if (this.#greeted) this.#greet(frame);
        else this.kill(`it speaks protocol ${frame.protocol}, not ${protocolVersion}; build it anew`);
        return;
      case 'rendered':
        this.#events.onOutcome(frame.id, { kind: 'rendered', objects: cut(frame.objects ?? [], body) });
        return;
      case 'refused':
        this.#events.onOutcome(frame.id, { kind: 'refused', problems: (frame.problems ?? []).map(problem) });
        return;
    }
  }

  #died(reason: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#failHello(new RenderWorkerError(`The render worker did not start: ${reason}`));
    this.#events.onExit(reason, this.#greeted);
  }
}

function problem(found: RenderProblem): RenderProblem {
  const { path, document, line, message } = found;
  return {
    path,
    message,
    ...(document === undefined ? {} : { document }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Each object gets bytes of its own, so that keeping one doesn't keep the whole answer in memory. */
function cut(headers: readonly ObjectHeader[], body: Buffer): RenderedObject[] {
  let start = 0;
  return headers.map(({ size, annotations = {}, images = [], ...rest }) => {
    const bytes = Uint8Array.prototype.slice.call(body, start, start + size);
    start += size;
    return { ...rest, bytes, annotations, images };
  });
}

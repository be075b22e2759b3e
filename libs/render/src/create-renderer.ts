import { RenderPool } from './pool.ts';
import type { Renderer } from './port.ts';
import { findRenderWorker } from './worker-binary.ts';

export interface RendererOptions {
  /** Worker processes at most; by default 1, which reads some 20 MB of manifests a second. */
  readonly workers?: number;
  /** By default the one that `findRenderWorker` finds. */
  readonly workerPath?: string;
  /** For one render; by default 10 s. */
  readonly timeLimitMs?: number;
  /** Soft limit of one worker's heap; by default 256. */
  readonly memoryMib?: number;
}

/** Starts a worker, which tells its version. Rejects with `RenderWorkerError` where there is none or it doesn't start. */
export async function createRenderer(options: RendererOptions = {}): Promise<Renderer> {
  return RenderPool.start({
    workerPath: options.workerPath ?? findRenderWorker(),
    workers: options.workers ?? 1,
    timeLimitMs: options.timeLimitMs ?? 10_000,
    memoryMib: options.memoryMib ?? 256,
  });
}

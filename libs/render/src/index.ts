export { buildRenderWorker, type BuildOptions } from './build-worker.ts';
export { createRenderer, type RendererOptions } from './create-renderer.ts';
export { RenderWorkerError } from './errors.ts';
export type * from './port.ts';
export { findRenderWorker } from './worker-binary.ts';

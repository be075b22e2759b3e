export * from './kubernetes/index.ts';
export * from './muster/index.ts';

export * from './kubernetes/index.ts';
export * from './muster/index.ts';
export * from './git/index.ts';
export * from './network/index.ts';

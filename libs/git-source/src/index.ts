export * from './errors.ts';
export { type GitSourceOptions, openGitSource } from './open-git-source.ts';
export type * from './port.ts';
export { withoutCredentials } from './remote-url.ts';
